package main

import (
	"flag"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The client shapes, as flags and records name them.
const (
	shapeConnection = "connection"
	shapeKeepAlive  = "keep-alive"
	shapeSlow       = "slow"
	shapeStream     = "stream"
)

var shapes = []string{shapeConnection, shapeKeepAlive, shapeSlow, shapeStream}

// Settings is the command line, read once.
type Settings struct {
	Host     string // as the request names it
	Address  string // host and port to connect to
	Rate     int
	Shapes   []string
	Slow     time.Duration
	Timeout  time.Duration
	For      time.Duration // 0: until stopped
	Most     int64
	Attended bool
}

// settingsFrom reads every flag and reports all wrong ones at once.
func settingsFrom(args []string) (Settings, []string) {
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	settings := Settings{}
	address := flags.String("url", "", "the server, http://host:port")
	chosen := flags.String("shapes", strings.Join(shapes, ","), "client shapes, separated by commas")
	flags.IntVar(&settings.Rate, "rate", 0, "requests per second of each shape")
	flags.DurationVar(&settings.Slow, "slow", time.Second, "how long a slow request takes")
	flags.DurationVar(&settings.Timeout, "timeout", 10*time.Second, "after which a request counts as lost")
	flags.DurationVar(&settings.For, "for", 0, "how long to ask; 0 until stopped")
	flags.Int64Var(&settings.Most, "most", 0, "bound on requests and lines of streams in all")
	flags.BoolVar(&settings.Attended, "attended", true, "stop when standard input ends")
	if err := flags.Parse(args); err != nil {
		return settings, []string{err.Error()}
	}

	var problems []string
	expect := func(right bool, name, expected string, got any) {
		if !right {
			problems = append(problems, fmt.Sprintf("-%s: expected %s, got %q", name, expected, fmt.Sprint(got)))
		}
	}
	parsed, err := url.Parse(*address)
	right := err == nil && parsed.Scheme == "http" && parsed.Hostname() != "" && strings.Trim(parsed.Path, "/") == ""
	expect(right, "url", "http://host:port", *address)
	if right {
		settings.Host, settings.Address = parsed.Host, parsed.Host
		if parsed.Port() == "" {
			settings.Address += ":80"
		}
	}
	settings.Shapes = strings.Split(*chosen, ",")
	for _, shape := range settings.Shapes {
		expect(slices.Contains(shapes, shape), "shapes", "some of "+strings.Join(shapes, ","), shape)
	}
	expect(settings.Rate > 0, "rate", "requests per second", settings.Rate)
	expect(settings.Most > 0, "most", "a bound on requests in all", settings.Most)
	expect(settings.Slow >= 0 && settings.Slow < settings.Timeout, "slow", "less than -timeout", settings.Slow)
	expect(settings.For >= 0, "for", "a duration such as 30s", settings.For)
	expect(flags.NArg() == 0, "", "flags only", strings.Join(flags.Args(), " "))
	return settings, problems
}
