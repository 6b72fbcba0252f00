package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Settings is the environment, read once. README.md says what each switch does.
type Settings struct {
	Address       string
	Version       string
	Slot          string
	Pod           string
	ConfigFile    string
	Greeting      string
	ReadyAfter    time.Duration
	CrashAfter    time.Duration // negative: never
	CrashMessage  string
	ExitCode      int
	Lie           bool
	Flap          time.Duration
	Delay         time.Duration
	Leak          int
	FailShare     float64
	IgnoreSigterm bool
	StopAfter     time.Duration
}

const databaseLost = "panic: cannot open database: dial tcp 10.0.0.9:5432: connect: connection refused"

// settingsFrom reads every setting and reports all wrong ones at once.
func settingsFrom(getenv func(string) string) (Settings, []string) {
	r := reader{getenv: getenv}
	pod, _ := os.Hostname()
	settings := Settings{
		Address:       r.text("ADDRESS", ":8080"),
		Version:       r.text("VERSION", "dev"),
		Slot:          r.text("SLOT", ""),
		Pod:           r.text("POD_NAME", pod),
		ConfigFile:    r.text("CONFIG", ""),
		Greeting:      r.text("GREETING", "Welcome to the shop"),
		ReadyAfter:    r.duration("READY_AFTER", 0),
		CrashAfter:    r.duration("CRASH_AFTER", -1),
		CrashMessage:  r.text("CRASH_MESSAGE", databaseLost),
		ExitCode:      int(r.number("EXIT_CODE", 1, 255)),
		Lie:           r.truth("LIE"),
		Flap:          r.duration("FLAP", 0),
		Delay:         r.duration("DELAY", 0),
		Leak:          int(r.number("LEAK", 0, 1<<20)),
		FailShare:     r.number("FAIL_SHARE", 0, 1),
		IgnoreSigterm: r.truth("IGNORE_SIGTERM"),
		StopAfter:     r.duration("STOP_AFTER", 0),
	}
	return settings, r.problems
}

// greeting is the file's text when CONFIG names one: a mounted ConfigMap changes without a restart.
func (s Settings) greeting() string {
	if s.ConfigFile == "" {
		return s.Greeting
	}
	text, err := os.ReadFile(s.ConfigFile)
	if err != nil {
		return fmt.Sprintf("(no greeting: %v)", err)
	}
	return strings.TrimSpace(string(text))
}

type reader struct {
	getenv   func(string) string
	problems []string
}

func (r *reader) text(name, otherwise string) string {
	if value := r.getenv(name); value != "" {
		return value
	}
	return otherwise
}

func (r *reader) truth(name string) bool {
	value := r.text(name, "false")
	truth, err := strconv.ParseBool(value)
	if err != nil {
		r.problem(name, "true or false", value)
	}
	return truth
}

func (r *reader) duration(name string, otherwise time.Duration) time.Duration {
	value := r.getenv(name)
	if value == "" {
		return otherwise
	}
	duration, err := time.ParseDuration(value)
	if err != nil || duration < 0 {
		r.problem(name, "a duration such as 500ms or 5s", value)
	}
	return duration
}

func (r *reader) number(name string, otherwise, most float64) float64 {
	value := r.getenv(name)
	if value == "" {
		return otherwise
	}
	number, err := strconv.ParseFloat(value, 64)
	if err != nil || number < 0 || number > most {
		r.problem(name, fmt.Sprintf("a number from 0 to %g", most), value)
	}
	return number
}

func (r *reader) problem(name, expected, got string) {
	r.problems = append(r.problems, fmt.Sprintf("%s: expected %s, got %q", name, expected, got))
}
