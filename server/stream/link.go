package stream

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"citydeck/cockpits/fault"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// link is how to reach Redis: one of three.
type link struct {
	single   *redis.Options
	sentinel *redis.FailoverOptions
	cluster  *redis.ClusterOptions
}

// parse reads redis.url. Its fault repeats nothing of the URL, which may hold a password.
func parse(url string) (link, error) {
	var l link
	var err error
	scheme, rest, _ := strings.Cut(url, "://")
	switch scheme {
	case "redis", "rediss", "unix":
		l.single, err = redis.ParseURL(url)
	case "redis+sentinel", "rediss+sentinel":
		l.sentinel, err = redis.ParseFailoverURL(strings.TrimSuffix(scheme, "+sentinel") + "://" + rest)
		if err == nil && l.sentinel.MasterName == "" {
			return l, fault.New(fault.Invalid, "redis.url", "redis+sentinel:// needs ?master_name=")
		}
	case "redis+cluster", "rediss+cluster":
		l.cluster, err = redis.ParseClusterURL(strings.TrimSuffix(scheme, "+cluster") + "://" + rest)
	default:
		return l, fault.New(fault.Invalid, "redis.url",
			"must be embedded, or begin with redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://")
	}
	if err == nil {
		return l, nil
	}
	reason := "cannot be read as a URL"
	if text, ours := strings.CutPrefix(err.Error(), "redis: unexpected option: "); ours {
		reason = "has an unknown option: " + text
	}
	return l, fault.New(fault.Invalid, "redis.url", "%s", reason)
}

// open makes a client whose commands take at most timeout, deadlines of their
// contexts included, and are tried once: who reads has its own loop, and what
// is written twice counts twice.
func (l link) open(timeout time.Duration, pool int) redis.UniversalClient {
	off := &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	switch {
	case l.sentinel != nil:
		o := *l.sentinel
		o.MaxRetries, o.DialerRetries, o.ContextTimeoutEnabled = -1, 1, true
		o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolSize = asking, timeout, timeout, pool
		return redis.NewFailoverClient(&o)
	case l.cluster != nil:
		o := *l.cluster
		o.MaxRetries, o.DialerRetries, o.ContextTimeoutEnabled = -1, 1, true
		o.MaxRedirects = -1 // they would also repeat what broke off
		o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolSize = asking, timeout, timeout, pool
		o.MaintNotificationsConfig = off
		return redis.NewClusterClient(&o)
	default:
		o := *l.single
		o.MaxRetries, o.DialerRetries, o.ContextTimeoutEnabled = -1, 1, true
		o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolSize = asking, timeout, timeout, pool
		o.MaintNotificationsConfig = off
		return redis.NewClient(&o)
	}
}

// moved tells whether an error only says that the key lives on another node;
// then the client learns where, and the command was not done.
func moved(ctx context.Context, c redis.UniversalClient, err error) bool {
	cluster, ok := c.(*redis.ClusterClient)
	if ok && (word(err) == "MOVED" || word(err) == "ASK") {
		cluster.ReloadState(ctx)
		return true
	}
	return false
}

// word says in one word what is wrong with Redis: its own, or ours for what
// never reached it. So no address and no password gets into a log.
func word(err error) string {
	if _, ours := errors.AsType[redis.Error](err); ours {
		first, _, _ := strings.Cut(err.Error(), " ")
		if first != "" && strings.ToUpper(first) == first && len(first) <= 20 {
			return first // WRONGTYPE, NOAUTH, LOADING, OOM …
		}
		return "ERR"
	}
	if answer, ok := errors.AsType[answerError](err); ok {
		return string(answer)
	}
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "timeout"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.As(err, &network) && network.Timeout():
		return "timeout"
	}
	return "unreachable"
}

// answerError is the first word of an error that Redis answered to a raw command.
type answerError string

func (e answerError) Error() string { return string(e) }

type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}

// quiet keeps the client library from writing lines of its own; what it would
// say comes back as errors.
var quiet = sync.OnceFunc(func() { redis.SetLogger(silence{}) })
