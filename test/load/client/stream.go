package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// lineTime is how far apart the lines of a stream are.
const lineTime = 100 * time.Millisecond

var errWithoutEnd = errors.New("the stream ended without its last line")

// stream is one client that always wants to be connected. Each line is one request; a line begins when the one before it
// came, on whichever connection, so that the first line after a gap carries the gap.
type stream struct {
	load    *load
	request []byte
	last    time.Time
}

// streams keeps so many streams, their beginnings spread over the time of one line, until the run is stopped.
func (l *load) streams(count int) {
	var all sync.WaitGroup
	for n := range count {
		all.Go(func() {
			timer := time.NewTimer(0)
			if !l.waitUntil(l.begun.Add(lineTime*time.Duration(n)/time.Duration(count)), timer) {
				return
			}
			s := stream{l, l.request("/stream", true), time.Now()}
			// It reconnects at once, but waits for one line's time when a connection has brought nothing.
			for l.running.Err() == nil {
				if tried := time.Now(); s.follow() == 0 {
					l.waitUntil(tried.Add(lineTime), timer)
				}
			}
		})
	}
	all.Wait()
}

// follow connects once, reads to the end and says how many lines came.
func (s *stream) follow() int {
	tried := time.Now()
	deadline := tried.Add(s.load.settings.Timeout)
	c, err := dial(s.load.settings.Address, deadline)
	if err != nil {
		s.lose(tried, failed(err, false))
		return 0
	}
	defer c.Close()
	leave := context.AfterFunc(s.load.running, func() { _ = c.Close() })
	defer leave()
	response, answer := c.begin(s.request, deadline)
	if answer.err == nil && response.StatusCode != http.StatusOK {
		answer.loss, answer.err = lossStatus, statusError(response)
	}
	if answer.err != nil {
		s.lose(tried, answer)
		return 0
	}
	return s.read(c, bufio.NewReader(response.Body), answer)
}

func (s *stream) read(c *connection, lines *bufio.Reader, from answer) int {
	for n := 0; ; n++ {
		_ = c.SetReadDeadline(time.Now().Add(s.load.settings.Timeout))
		line, err := lines.ReadSlice('\n')
		if err != nil {
			from.loss, from.err = lossCut, fmt.Errorf("%w: %w", errWithoutEnd, err)
			if classOf(err, true) == lossTimeout {
				from.loss = lossTimeout
			}
			s.lose(s.last, from)
			return n
		}
		if string(line) == "end\n" {
			return n
		}
		now := time.Now()
		if s.load.running.Err() != nil || !s.load.take() {
			return n
		}
		s.load.output.add(record{shape: shapeStream, at: s.last, done: now, answer: from})
		s.last = now
	}
}

// lose counts a loss, unless it was us who left.
func (s *stream) lose(at time.Time, answer answer) {
	if s.load.running.Err() == nil && s.load.take() {
		s.load.output.add(record{shape: shapeStream, at: at, done: time.Now(), answer: answer})
	}
}
