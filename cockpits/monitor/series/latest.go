package series

// Order says which of two readings of one point counts: the later instant; of
// equal instants the greater entry, within it the later item, then the later stream.
type Order struct {
	At      int64 // Unix ms
	Ms, Seq uint64
	Item    int32
	Stream  int16
}

// Before tells whether o is older than p.
func (o Order) Before(p Order) bool {
	switch {
	case o.At != p.At:
		return o.At < p.At
	case o.Ms != p.Ms:
		return o.Ms < p.Ms
	case o.Seq != p.Seq:
		return o.Seq < p.Seq
	case o.Item != p.Item:
		return o.Item < p.Item
	}
	return o.Stream < p.Stream
}

// Latest holds the newest reading of one point, by its instant and never by
// its arrival. The zero value has heard nothing.
type Latest struct {
	Value float64
	Order Order
	Heard bool
	Gone  bool // the newest word is that the point no longer counts
}

// Observe takes a reading and tells whether it is the newest now.
func (l *Latest) Observe(o Order, value float64, gone bool) bool {
	if l.Heard && !l.Order.Before(o) {
		return false
	}
	*l = Latest{Value: value, Order: o, Heard: true, Gone: gone}
	return true
}

// Counts tells whether the point counts.
func (l *Latest) Counts() bool { return l.Heard && !l.Gone }
