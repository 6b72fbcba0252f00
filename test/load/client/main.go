// Command load asks an HTTP server at a constant rate, in four client shapes, and writes what became of every request.
// ../README.md says what is measured and what counts as lost.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
)

// Why a run ended, as its last line says it.
var (
	errStopped = errors.New("stopped")
	errOver    = errors.New("over")
	errMost    = errors.New("most")
)

func main() {
	settings, problems := settingsFrom(os.Args[1:])
	for _, problem := range problems {
		fmt.Fprintln(os.Stderr, problem)
	}
	if len(problems) > 0 {
		os.Exit(2)
	}
	debug.SetGCPercent(400) // the heap is a few megabytes: collecting it rarely costs nothing and disturbs the pace less

	running, stop := context.WithCancelCause(context.Background())
	go stopOnSignal(stop)
	if settings.Attended {
		go stopWithCaller(stop)
	}
	if settings.For > 0 {
		time.AfterFunc(settings.For, func() { stop(errOver) })
	}

	output := newOutput(os.Stdout, time.Now())
	load := newLoad(settings, running, stop, output)
	load.run()
	output.end(context.Cause(running).Error(), load.latest())
}

func stopOnSignal(stop context.CancelCauseFunc) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	<-signals
	stop(errStopped)
}

// stopWithCaller waits for the end of standard input, which also comes when the caller dies, however it dies.
func stopWithCaller(stop context.CancelCauseFunc) {
	_, _ = io.Copy(io.Discard, os.Stdin)
	stop(errStopped)
}
