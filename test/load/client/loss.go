package main

import (
	"errors"
	"io"
	"net"
	"syscall"
)

// The classes of loss.
const (
	lossRefused   = "refused"   // nobody listens there
	lossReset     = "reset"     // the connection ended before the first byte of an answer
	lossTimeout   = "timeout"   // nothing, or not everything, within the timeout
	lossStatus    = "status"    // answered, but not with 200
	lossTruncated = "truncated" // the answer ended before it was whole
	lossCut       = "cut"       // a stream ended without its last line
	lossOther     = "other"
)

// classOf names what went wrong on a connection, before or after the first byte of an answer.
func classOf(err error, begun bool) string {
	var network net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return lossRefused
	case errors.As(err, &network) && network.Timeout():
		return lossTimeout
	case !ended(err):
		return lossOther
	case begun:
		return lossTruncated
	default:
		return lossReset
	}
}

// ended is whether the other side has ended the connection, with or without ceremony.
func ended(err error) bool {
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, end) {
			return true
		}
	}
	return false
}
