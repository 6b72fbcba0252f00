package main

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// load is one run: it paces the shapes and waits for what is in flight.
type load struct {
	settings Settings
	running  context.Context // done as soon as no new request may begin
	stop     context.CancelCauseFunc
	output   *output
	begun    time.Time
	left     atomic.Int64 // how many requests and lines the bound still allows
	behind   atomic.Int64 // the latest start behind its schedule, in nanoseconds
	flying   sync.WaitGroup
}

func newLoad(settings Settings, running context.Context, stop context.CancelCauseFunc, output *output) *load {
	l := &load{settings: settings, running: running, stop: stop, output: output, begun: time.Now()}
	l.left.Store(settings.Most)
	return l
}

// run asks until it is stopped, then waits for every request in flight; streams are simply left.
func (l *load) run() {
	pool := newPool(l, max(2, l.settings.Rate/10))
	begin := map[string]func(){
		shapeConnection: func() { l.pace(0, l.once(shapeConnection, "/")) },
		shapeKeepAlive:  func() { l.pace(1, pool.ask) },
		shapeSlow:       func() { l.pace(2, l.once(shapeSlow, "/slow?for="+l.settings.Slow.String())) },
		shapeStream:     func() { l.streams(max(1, l.settings.Rate/10)) },
	}
	var pacing sync.WaitGroup
	for shape, begin := range begin {
		if slices.Contains(l.settings.Shapes, shape) {
			pacing.Go(begin)
		}
	}
	pacing.Wait()
	l.flying.Wait()
	pool.close()
}

// pace begins one request per interval, each at its own scheduled time. A late one is begun at once, never left out.
// The shapes are a third of an interval apart.
func (l *load) pace(third int, do func(at time.Time)) {
	interval := float64(time.Second) / float64(l.settings.Rate)
	timer := time.NewTimer(0)
	for n := 0; ; n++ {
		at := l.begun.Add(time.Duration((float64(n) + float64(third)/3) * interval))
		if !l.waitUntil(at, timer) || !l.take() {
			return
		}
		l.noteStart(time.Since(at))
		l.flying.Go(func() { do(at) })
	}
}

// once asks on a connection of its own and never a second time.
func (l *load) once(shape, path string) func(at time.Time) {
	request := l.request(path, true)
	return func(at time.Time) {
		deadline := time.Now().Add(l.settings.Timeout)
		c, err := dial(l.settings.Address, deadline)
		if err != nil {
			l.output.add(record{shape: shape, at: at, done: time.Now(), answer: failed(err, false)})
			return
		}
		answer := c.ask(request, deadline)
		l.output.add(record{shape: shape, at: at, done: time.Now(), answer: answer})
		c.leave()
	}
}

// request is the text of a GET.
func (l *load) request(path string, last bool) []byte {
	text := "GET " + path + " HTTP/1.1\r\nHost: " + l.settings.Host + "\r\nUser-Agent: fairlead-load\r\n"
	if last {
		text += "Connection: close\r\n"
	}
	return []byte(text + "\r\n")
}

// waitUntil is false when the run has been stopped before that time.
func (l *load) waitUntil(at time.Time, timer *time.Timer) bool {
	if pause := time.Until(at); pause > 0 {
		timer.Reset(pause)
		select {
		case <-timer.C:
		case <-l.running.Done():
		}
	}
	return l.running.Err() == nil
}

// take is false when the bound on requests in all is reached, which stops the run.
func (l *load) take() bool {
	if l.left.Add(-1) >= 0 {
		return true
	}
	l.stop(errMost)
	return false
}

func (l *load) noteStart(behind time.Duration) {
	for {
		latest := l.behind.Load()
		if int64(behind) <= latest || l.behind.CompareAndSwap(latest, int64(behind)) {
			return
		}
	}
}

func (l *load) latest() time.Duration {
	return time.Duration(l.behind.Load())
}
