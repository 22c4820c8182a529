package reading

// WorryKind is the word for how a stream's Redis may lose what it was given.
type WorryKind string

// The kinds, the worst first.
const (
	Evicts  WorryKind = "evicts"  // a fault: when its memory is full it throws whole streams away
	Forgets WorryKind = "forgets" // a warning: it keeps no append-only file
	Unsaid  WorryKind = "unknown" // it doesn't say how it is set
)

// Worry is what the settings of a stream's Redis may cost.
type Worry struct {
	Stream string // its key
	Kind   WorryKind
	At     int64 // Unix ms: when it was noticed
	Over   bool  // it was mended; At: when that was noticed
}
