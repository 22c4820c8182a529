package stream

import (
	"context"
	"encoding/json"
	"fmt"

	"citydeck/cockpits/monitor/reading"
)

// PostWithin is Post for a source that may not report everything: may is asked
// for each reading that can be used. At its first error nothing is written, and
// that error comes back.
func (w *Writer) PostWithin(ctx context.Context, body []byte, source string, may func(measure, area string) error) (accepted []int, rejected []reading.Rejection, err error) {
	items, _, err := w.rules.Load().Decoder(0).Body(body, w.redis.cfg.Now().UnixMilli(), source)
	if err != nil {
		return nil, nil, err
	}
	for _, item := range items {
		var told struct {
			Measure string `json:"measure"`
		}
		if err := json.Unmarshal(item.JSON, &told); err != nil { // we wrote it
			return nil, nil, fmt.Errorf("read a reading that was checked: %w", err)
		}
		if err := may(told.Measure, item.Area); err != nil {
			return nil, nil, err
		}
	}
	return w.Post(ctx, body, source)
}
