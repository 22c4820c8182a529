//go:build linux

// Command crowd is many screens on one thread: it connects them, produces
// readings, and counts and times what arrives.
//
// It is a load client for benchmarks, made so as not to be what is measured:
// one epoll loop reads all sockets, no frame is parsed further than its head but
// those of a sample. It follows commands on its standard input, one a line, and
// answers each with a line of JSON:
//
//	connect         all screens; each subscribes and waits for its picture
//	load SECONDS    produce readings, evenly spread or in bursts
//	result          how they arrived
//	storm           cut all connections at once, come back, and resume
//	drain           only connect and read, for a baseline that isn't ours
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// settings are the flags.
type settings struct {
	server, cockpit, redis, stream, area string
	screens, tiles, sample, slow, stuck  int
	rate                                 float64
	burst, compress                      bool
}

func main() {
	var s settings
	flag.StringVar(&s.server, "server", "", "host:port of the server")
	flag.StringVar(&s.cockpit, "cockpit", "load", "the cockpit that all screens watch")
	flag.StringVar(&s.redis, "redis", "", "host:port of Redis")
	flag.StringVar(&s.stream, "stream", "readings", "the stream that takes readings")
	flag.StringVar(&s.area, "area", "load", "the area of the readings")
	flag.IntVar(&s.screens, "screens", 100, "how many screens")
	flag.IntVar(&s.tiles, "tiles", 60, "how many measures m0, m1 … there are, with a tile t0, t1 … each")
	flag.IntVar(&s.sample, "sample", 50, "how many screens are looked at closely")
	flag.IntVar(&s.slow, "slow", 0, "how many screens read three frames a second")
	flag.IntVar(&s.stuck, "stuck", 0, "how many screens stop reading after their first picture")
	flag.Float64Var(&s.rate, "rate", 10, "changes of each tile a second")
	flag.BoolVar(&s.burst, "burst", false, "all tiles change at once instead of evenly spread")
	flag.BoolVar(&s.compress, "compress", false, "offer permessage-deflate")
	flag.Parse()
	if err := follow(&s); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// follow does what the standard input says, until its end.
func follow(s *settings) error {
	c, err := gather(s)
	if err != nil {
		return err
	}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		word, argument, _ := strings.Cut(in.Text(), " ")
		began := time.Now()
		var answer any
		switch word {
		case "connect":
			answer, err = c.connect(c.watch)
		case "drain":
			answer, err = c.connect(c.plain)
		case "load":
			seconds, bad := strconv.ParseFloat(argument, 64)
			if bad != nil {
				return bad
			}
			answer, err = c.load(time.Duration(seconds * float64(time.Second)))
		case "result":
			answer, err = c.result()
		case "storm":
			answer, err = c.storm()
		default:
			return fmt.Errorf("unknown command %q", word)
		}
		if err != nil {
			return fmt.Errorf("%s after %v: %w", word, time.Since(began), err)
		}
		if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
			return err
		}
	}
	return in.Err()
}
