package reading

// Plain leaves the fast scanner out, so that a test can compare the two.
func (d *Decoder) Plain() *Decoder {
	d.plain = true
	return d
}
