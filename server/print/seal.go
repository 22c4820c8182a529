package print

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// LeastPassword is how short a document's password may be, in characters: it is
// all that keeps the list, and whoever has the file may guess for ever.
const LeastPassword = 10

// mostPassword is what the standard reads of a password, in bytes.
const mostPassword = 127

// seal encrypts a document that paper has written with AES-256, as ISO 32000-2
// §7.6 has it (revision 6): readers open it with the password alone.
func seal(pdf []byte, password string) ([]byte, error) {
	objects, root, err := parse(pdf)
	if err != nil {
		return nil, err
	}
	k, err := newKeys(password)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.WriteString("%PDF-2.0\n%\xe2\xe3\xcf\xd3\n")
	at := make([]int, len(objects)+1)
	for i, o := range objects {
		at[i] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n", i+1)
		out.Write(k.object(o))
		out.WriteString("\nendobj\n")
	}
	at[len(objects)] = out.Len()
	fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", len(objects)+1, k.dictionary())
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&out, "%010d 00000 n \n", offset)
	}
	id := hex.EncodeToString(random(16))
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root %d 0 R /Encrypt %d 0 R /ID [<%s> <%s>] >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, root, len(at), id, id, start)
	return out.Bytes(), nil
}

// object is what stands between obj and endobj.
type object struct {
	head   []byte // the dictionary
	stream []byte // nil: none
}

var (
	rootOf   = regexp.MustCompile(`/Root (\d+) 0 R`)
	lengthOf = regexp.MustCompile(`/Length (\d+)`)
	stringIn = regexp.MustCompile(`\([A-Za-z0-9 ]*\)`)
	startOf  = regexp.MustCompile(`startxref\s+(\d+)`)
)

var errStrange = errors.New("print: the document is not as it was written")

// parse takes a document apart by its table of objects.
func parse(pdf []byte) (list []object, root int, err error) {
	start, to := startOf.FindSubmatch(pdf), rootOf.FindSubmatch(pdf)
	if start == nil || to == nil {
		return nil, 0, errStrange
	}
	root, _ = strconv.Atoi(string(to[1]))
	table, _ := strconv.Atoi(string(start[1]))
	if table <= 0 || table >= len(pdf) {
		return nil, 0, errStrange
	}
	lines := bytes.Split(pdf[table:], []byte("\n"))
	for _, line := range lines[min(3, len(lines)):] {
		if !bytes.HasSuffix(bytes.TrimRight(line, " \r"), []byte(" n")) {
			break
		}
		offset, err := strconv.Atoi(string(line[:10]))
		if err != nil || offset <= 0 || offset >= table {
			return nil, 0, errStrange
		}
		o, err := objectAt(pdf[offset:table])
		if err != nil {
			return nil, 0, err
		}
		list = append(list, o)
	}
	if len(list) == 0 {
		return nil, 0, errStrange
	}
	return list, root, nil
}

func objectAt(text []byte) (object, error) {
	_, rest, begun := bytes.Cut(text, []byte(" obj\n"))
	end := bytes.Index(rest, []byte("endobj"))
	if !begun || end < 0 {
		return object{}, errStrange
	}
	at := bytes.Index(rest[:end], []byte("stream\n"))
	if at < 0 {
		return object{head: bytes.TrimSpace(rest[:end])}, nil
	}
	head := bytes.TrimSpace(rest[:at])
	length := lengthOf.FindSubmatch(head)
	if length == nil {
		return object{}, errStrange
	}
	n, err := strconv.Atoi(string(length[1]))
	from := at + len("stream\n")
	if err != nil || n < 0 || from+n > len(rest) {
		return object{}, errStrange
	}
	return object{head, rest[from : from+n]}, nil
}

// keys are a document's own key, and what opens it.
type keys struct{ file, u, ue, o, oe, perms []byte }

func newKeys(password string) (*keys, error) {
	word := []byte(password)
	if len([]rune(password)) < LeastPassword || len(word) > mostPassword {
		return nil, fmt.Errorf("print: a password has %d characters or more, and at most %d bytes", LeastPassword, mostPassword)
	}
	k := &keys{file: random(32)}
	k.u, k.ue = k.lock(word, nil)
	k.o, k.oe = k.lock([]byte(hex.EncodeToString(random(20))), k.u) // nobody owns it
	perms := append(binary.LittleEndian.AppendUint32(nil, uint32(rights&0xffffffff)), 0xff, 0xff, 0xff, 0xff, 'T', 'a', 'd', 'b')
	perms = append(perms, random(4)...)
	k.perms = make([]byte, len(perms))
	block(k.file).Encrypt(k.perms, perms)
	return k, nil
}

// rights are the permissions of who opens it: all, as on paper.
const rights = 0xfffffffc

// lock wraps the document's key with a password.
func (k *keys) lock(password, user []byte) (check, wrapped []byte) {
	salts := random(16)
	check = append(stretch(password, salts[:8], user), salts...)
	wrapped = make([]byte, len(k.file))
	cipher.NewCBCEncrypter(block(stretch(password, salts[8:], user)), make([]byte, aes.BlockSize)).CryptBlocks(wrapped, k.file) //nolint:gosec // the standard's: a random key under a key of its own
	return check, wrapped
}

// stretch is algorithm 2.B.
func stretch(password, salt, user []byte) []byte {
	first := sha256.Sum256(slices.Concat(password, salt, user))
	key := first[:]
	for round := 1; ; round++ {
		text := bytes.Repeat(slices.Concat(password, key, user), 64)
		cipher.NewCBCEncrypter(block(key[:16]), key[16:32]).CryptBlocks(text, text)
		sum := 0
		for _, b := range text[:16] {
			sum += int(b)
		}
		switch sum % 3 {
		case 0:
			s := sha256.Sum256(text)
			key = s[:]
		case 1:
			s := sha512.Sum384(text)
			key = s[:]
		default:
			s := sha512.Sum512(text)
			key = s[:]
		}
		if round >= 64 && int(text[len(text)-1]) <= round-32 {
			return key[:32]
		}
	}
}

// object encrypts an object's strings and its stream.
func (k *keys) object(o object) []byte {
	head := stringIn.ReplaceAllFunc(o.head, func(s []byte) []byte {
		return fmt.Appendf(nil, "<%x>", k.encrypted(s[1:len(s)-1]))
	})
	if o.stream == nil {
		return head
	}
	text := k.encrypted(o.stream)
	head = lengthOf.ReplaceAll(head, fmt.Appendf(nil, "/Length %d", len(text)))
	return slices.Concat(head, []byte("\nstream\n"), text, []byte("\nendstream"))
}

// encrypted is a text under the document's key, behind a vector of its own.
func (k *keys) encrypted(text []byte) []byte {
	pad := aes.BlockSize - len(text)%aes.BlockSize
	padded := append(slices.Clone(text), bytes.Repeat([]byte{byte(pad)}, pad)...)
	out := append(random(aes.BlockSize), make([]byte, len(padded))...)
	cipher.NewCBCEncrypter(block(k.file), out[:aes.BlockSize]).CryptBlocks(out[aes.BlockSize:], padded)
	return out
}

func (k *keys) dictionary() string {
	return fmt.Sprintf("<< /Filter /Standard /V 5 /R 6 /Length 256 /P -4 /EncryptMetadata true /U <%x> /UE <%x> /O <%x> /OE <%x> /Perms <%x>\n"+
		"/CF << /StdCF << /AuthEvent /DocOpen /CFM /AESV3 /Length 32 >> >> /StmF /StdCF /StrF /StdCF >>", k.u, k.ue, k.o, k.oe, k.perms)
}

func block(key []byte) cipher.Block {
	b, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // a key of 16 or 32 bytes
	}
	return b
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}
