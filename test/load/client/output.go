package main

import (
	"encoding/json"
	"io"
	"strconv"
	"time"
)

const (
	flushEvery = 100 * time.Millisecond
	flushAt    = 32 << 10
)

// record is what became of one request.
type record struct {
	shape    string
	at, done time.Time // when it was due, and when it was over
	answer   answer
	retried  bool
}

// output writes records as lines of JSON from one goroutine, in the order they are over.
type output struct {
	to      io.Writer
	begun   time.Time
	unix    float64 // begun, in milliseconds
	records chan record
	written chan int
	buffer  []byte
}

func newOutput(to io.Writer, begun time.Time) *output {
	o := &output{to: to, begun: begun, unix: float64(begun.UnixMicro()) / 1000, records: make(chan record, 4096), written: make(chan int)}
	o.buffer = append(o.buffer, `{"started":`...)
	o.buffer = strconv.AppendFloat(o.buffer, o.unix, 'f', 2, 64)
	o.buffer = append(o.buffer, "}\n"...)
	o.flush()
	go o.write()
	return o
}

func (o *output) add(r record) {
	o.records <- r
}

// end writes everything that is left and the last line. Nothing may be added any more.
func (o *output) end(reason string, latest time.Duration) {
	close(o.records)
	sent := <-o.written
	o.buffer = append(o.buffer, `{"done":true,"sent":`...)
	o.buffer = strconv.AppendInt(o.buffer, int64(sent), 10)
	o.text("ended", reason)
	o.milliseconds("late", latest)
	o.buffer = append(o.buffer, "}\n"...)
	o.flush()
}

func (o *output) write() {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for sent := 0; ; {
		select {
		case r, more := <-o.records:
			if !more {
				o.written <- sent
				return
			}
			sent++
			o.append(r)
			if len(o.buffer) >= flushAt {
				o.flush()
			}
		case <-tick.C:
			o.flush()
		}
	}
}

func (o *output) flush() {
	if len(o.buffer) > 0 {
		_, _ = o.to.Write(o.buffer) // a reader that is gone ends this process
		o.buffer = o.buffer[:0]
	}
}

// append counts times from the beginning, so that a wall clock that is set meanwhile changes nothing.
func (o *output) append(r record) {
	o.buffer = append(o.buffer, `{"at":`...)
	o.buffer = strconv.AppendFloat(o.buffer, o.unix+float64(r.at.Sub(o.begun))/1e6, 'f', 2, 64)
	o.milliseconds("took", r.done.Sub(r.at))
	o.text("shape", r.shape)
	o.text("version", r.answer.version)
	o.text("slot", r.answer.slot)
	o.text("pod", r.answer.pod)
	if r.answer.loss != "" {
		o.text("lost", r.answer.loss)
		o.text("error", r.answer.err.Error())
	}
	if r.retried {
		o.buffer = append(o.buffer, `,"retried":true`...)
	}
	o.buffer = append(o.buffer, "}\n"...)
}

func (o *output) milliseconds(name string, duration time.Duration) {
	o.name(name)
	o.buffer = strconv.AppendFloat(o.buffer, float64(duration)/1e6, 'f', 2, 64)
}

// text leaves out what is empty.
func (o *output) text(name, value string) {
	if value == "" {
		return
	}
	o.name(name)
	if isPlain(value) {
		o.buffer = append(append(append(o.buffer, '"'), value...), '"')
		return
	}
	quoted, _ := json.Marshal(value) // a string always can be
	o.buffer = append(o.buffer, quoted...)
}

func (o *output) name(name string) {
	o.buffer = append(append(append(o.buffer, `,"`...), name...), `":`...)
}

func isPlain(value string) bool {
	for i := range len(value) {
		if c := value[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
