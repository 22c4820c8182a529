package reading

// scan reads an object as nearly every producer writes it: flat, texts without
// escapes, plain numbers. It fills d.came and gives the place behind the
// object; 0 when anything is out of the ordinary, also what is no JSON at all,
// so that parse has the last word. Its results are parse's to the letter.
func (d *Decoder) scan(data []byte, i int) int {
	if look(data, i) != '{' {
		return 0
	}
	d.came = parts{}
	i = space(data, i+1)
	if look(data, i) == '}' {
		return i + 1
	}
	for {
		name, end := plainText(data, i)
		if end == 0 {
			return 0
		}
		i = space(data, end)
		if look(data, i) != ':' {
			return 0
		}
		v, end := plainValue(data, space(data, i+1))
		if end == 0 {
			return 0
		}
		if p := d.came.at(name); p != nil {
			*p = v
		}
		i = space(data, end)
		switch look(data, i) {
		case ',':
			i = space(data, i+1)
		case '}':
			return i + 1
		default:
			return 0
		}
	}
}

// plainValue reads a text, a number or null, and where it ends; 0 when it is
// something else.
func plainValue(data []byte, i int) (part, int) {
	switch c := look(data, i); {
	case c == '"':
		b, end := plainText(data, i)
		return part{b, text}, end
	case c == '-' || c-'0' <= 9:
		end := i + 1
		for end < len(data) && numeral[data[end]] {
			end++
		}
		if b := data[i:end]; isNumber(b) {
			return part{b, number}, end
		}
	case c == 'n':
		if len(data)-i >= 4 && string(data[i:i+4]) == "null" {
			return part{}, i + 4
		}
	}
	return part{}, 0
}

// plainText reads a text without escapes; the end is behind its closing quote.
func plainText(data []byte, i int) (b []byte, end int) {
	if look(data, i) != '"' {
		return nil, 0
	}
	from := i + 1
	for i = from; i < len(data); i++ {
		if special[data[i]] {
			if data[i] != '"' {
				return nil, 0
			}
			return data[from:i], i + 1
		}
	}
	return nil, 0
}

// look gives the byte at a place, and 0, which JSON has nowhere, past the end.
func look(data []byte, i int) byte {
	if i < len(data) {
		return data[i]
	}
	return 0
}

// space skips blanks.
func space(data []byte, i int) int {
	for i < len(data) && (data[i] == ' ' || data[i] == '\n' || data[i] == '\t' || data[i] == '\r') {
		i++
	}
	return i
}

// special are the bytes that end a plain text, or make it less plain.
var special = func() (t [256]bool) {
	for c := range byte(' ') {
		t[c] = true
	}
	t['"'], t['\\'] = true, true
	return t
}()

// numeral are the bytes of numbers.
var numeral = func() (t [256]bool) {
	for c := byte('0'); c <= '9'; c++ {
		t[c] = true
	}
	t['+'], t['-'], t['.'], t['e'], t['E'] = true, true, true, true, true
	return t
}()
