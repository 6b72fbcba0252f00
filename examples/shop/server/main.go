// Command shop is the sample application: one static web server whose environment makes it misbehave on purpose.
// README.md lists the switches.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(log.Ltime)
	settings, problems := settingsFrom(os.Getenv)
	for _, problem := range problems {
		log.Print(problem)
	}
	if len(problems) > 0 {
		os.Exit(2)
	}
	misbehave(settings)

	ending := make(chan struct{})
	server := &http.Server{Addr: settings.Address, Handler: newShop(settings, time.Now(), ending)}
	// Streams never end by themselves, so they are told; every other request in flight is simply finished.
	server.RegisterOnShutdown(func() { close(ending) })
	stopped := make(chan error)
	go func() {
		waitForStop(settings)
		log.Printf("stopping: serving for another %s", settings.StopAfter)
		time.Sleep(settings.StopAfter)
		stopped <- server.Shutdown(context.Background())
	}()

	log.Printf("shop %s listening on %s", settings.Version, settings.Address)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
	if err := <-stopped; err != nil {
		log.Fatal(err)
	}
	log.Print("stopped")
}

// waitForStop returns at SIGTERM or SIGINT, or never when told to ignore SIGTERM.
func waitForStop(settings Settings) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	for received := range signals {
		if received == syscall.SIGTERM && settings.IgnoreSigterm {
			log.Print("SIGTERM ignored")
			continue
		}
		return
	}
}

// misbehave starts what happens by itself: the crash and the leak.
func misbehave(settings Settings) {
	if settings.CrashAfter >= 0 {
		time.AfterFunc(settings.CrashAfter, func() {
			fmt.Fprintln(os.Stderr, settings.CrashMessage)
			os.Exit(settings.ExitCode)
		})
	}
	if settings.Leak > 0 {
		go leak(settings.Leak)
	}
}

// leak keeps so many megabytes more each second, written to, so that the kernel has to count them.
func leak(megabytes int) {
	var kept [][]byte
	for range time.Tick(time.Second) {
		block := make([]byte, megabytes<<20)
		for i := 0; i < len(block); i += 4096 {
			block[i] = 1
		}
		kept = append(kept, block)
		log.Printf("cache grew to %d MB", len(kept)*megabytes)
	}
}
