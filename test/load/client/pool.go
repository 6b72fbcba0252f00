package main

import (
	"sync"
	"time"
)

// pool is a client with connections it keeps. It opens up to size of them and uses them in turn, so that each stays in
// use and each server keeps some; when all are busy it opens another rather than wait.
type pool struct {
	load    *load
	request []byte
	size    int
	mutex   sync.Mutex
	open    int
	idle    []*connection // the one used longest ago first
}

func newPool(load *load, size int) *pool {
	return &pool{load: load, request: load.request("/", false), size: size}
}

// ask asks once, and once more on a fresh connection when a used one has ended before the first byte of an answer.
func (p *pool) ask(at time.Time) {
	deadline := time.Now().Add(p.load.settings.Timeout)
	record := record{shape: shapeKeepAlive, at: at}
	used := p.take()
	if used != nil {
		record.answer = used.ask(p.request, deadline)
		record.retried = record.answer.loss == lossReset
		p.giveBack(used, record.answer.again)
	}
	if used == nil || record.retried {
		record.answer = p.askAnew(deadline)
	}
	record.done = time.Now()
	p.load.output.add(record)
}

func (p *pool) askAnew(deadline time.Time) answer {
	fresh, err := dial(p.load.settings.Address, deadline)
	if err != nil {
		return failed(err, false)
	}
	p.mutex.Lock()
	p.open++
	p.mutex.Unlock()
	answer := fresh.ask(p.request, deadline)
	p.giveBack(fresh, answer.again)
	return answer
}

// take is nil when a fresh connection is due.
func (p *pool) take() *connection {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.open < p.size || len(p.idle) == 0 {
		return nil
	}
	c := p.idle[0]
	p.idle = append(p.idle[:0], p.idle[1:]...)
	return c
}

func (p *pool) giveBack(c *connection, again bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if again && p.open <= p.size {
		p.idle = append(p.idle, c)
		return
	}
	p.open--
	_ = c.Close()
}

func (p *pool) close() {
	for _, c := range p.idle {
		_ = c.Close()
	}
}
