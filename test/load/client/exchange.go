package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// answer is what came back for one request.
type answer struct {
	version, slot, pod string
	begun              bool   // its first byte came
	loss               string // empty: everything came as promised
	err                error
	again              bool // the connection can be asked again
}

// connection is a TCP connection to the server, asked by hand: a library's client repeats requests in silence, and here
// each one has to be counted.
type connection struct {
	net.Conn
	reader *bufio.Reader
}

func dial(address string, deadline time.Time) (*connection, error) {
	dialer := net.Dialer{Deadline: deadline, KeepAlive: -1}
	conn, err := dialer.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &connection{conn, bufio.NewReaderSize(conn, 1024)}, nil
}

// ask sends a request and reads its whole answer, which must be 200 with at least one whole line.
func (c *connection) ask(request []byte, deadline time.Time) answer {
	response, answer := c.begin(request, deadline)
	if answer.err != nil {
		return answer
	}
	body, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		answer.loss, answer.err = classOf(err, true), err
	case response.StatusCode != http.StatusOK:
		answer.loss, answer.err = lossStatus, statusError(response)
	case len(body) == 0 || body[len(body)-1] != '\n':
		answer.loss, answer.err = lossTruncated, fmt.Errorf("expected a whole line, got %d bytes", len(body))
	}
	answer.again = err == nil && !response.Close && c.reader.Buffered() == 0
	return answer
}

// begin sends a request and reads its answer up to the body.
func (c *connection) begin(request []byte, deadline time.Time) (*http.Response, answer) {
	if err := c.SetDeadline(deadline); err != nil {
		return nil, failed(err, false)
	}
	// A server that refuses may have answered before it read the request: what can be read decides.
	_, unwritten := c.Write(request)
	if _, err := c.reader.Peek(1); err != nil {
		return nil, failed(cmp.Or(unwritten, err), false)
	}
	response, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return nil, failed(err, true)
	}
	header := response.Header
	return response, answer{version: header.Get("X-Version"), slot: header.Get("X-Slot"), pod: header.Get("X-Pod"), begun: true}
}

// leave waits for the server to close first, as it was asked to, and then forgets the connection with a reset. A port
// that was closed in turn stays taken for a minute or two, here or on the way, and a client that asks hundreds of times a
// second comes back to it sooner: its new connection would lose a second, and the server would be blamed.
func (c *connection) leave() {
	if c.SetReadDeadline(time.Now().Add(time.Second)) == nil {
		_, _ = c.reader.ReadByte()
	}
	if tcp, is := c.Conn.(*net.TCPConn); is {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}

func failed(err error, begun bool) answer {
	return answer{begun: begun, loss: classOf(err, begun), err: err}
}

func statusError(response *http.Response) error {
	return errors.New("status " + response.Status)
}
