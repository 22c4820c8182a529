package app_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"image"
	"image/color"
	"image/jpeg"
	"slices"
	"strings"
	"testing"

	"citydeck/cockpits/respond/command"
	"citydeck/server/stream/redistest"
)

// snapshot is a picture as a camera writes it: with where it was taken.
func snapshot(t *testing.T) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for x := range 64 {
		picture.Set(x, x%48, color.RGBA{200, 30, 30, 255})
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture, nil); err != nil {
		t.Fatal(err)
	}
	beside := append([]byte("\xff\xe1\x00\x20Exif\x00\x00"), []byte("GPS 30.2748 120.1776 ...")...)
	return slices.Concat(out.Bytes()[:2], beside, out.Bytes()[2:])
}

func TestAPhotoOfADoorIsKeptForThoseWhoHaveToSeeIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), street(t, newGateway(t)))
	h.lists()
	boss := h.commander("boss")
	id := h.press(boss, true, "潮安苑/1").ID
	tasks := slices.DeleteFunc(h.links(boss, id), func(l link) bool { return len(l.Households) < 2 })
	phone, other := h.phone(tasks[0].Link), h.phone(tasks[1].Link)
	door := "/commands/" + id + "/households/" + tasks[0].Households[0] + "/photos"
	shot := base64.StdEncoding.EncodeToString(snapshot(t))
	for name, tt := range map[string]struct {
		body m
		want int
	}{
		"that is no picture":    {m{"id": "x", "data": base64.StdEncoding.EncodeToString([]byte("<svg/>"))}, 400},
		"that is no Base64":     {m{"id": "x", "data": "?"}, 400},
		"without an id":         {m{"id": "", "data": shot}, 400},
		"that is far too large": {m{"id": "x", "data": strings.Repeat("A", 2<<20)}, 413},
	} {
		if status := h.said(phone, "POST", door, tt.body, nil); status != tt.want {
			t.Errorf("a photo %s: %d, want %d", name, status, tt.want)
		}
	}
	if status := h.said(phone, "POST", strings.Replace(door, tasks[0].Households[0], "none", 1), m{"id": "x", "data": shot}, nil); status != 404 {
		t.Errorf("a photo of a door that there isn't: %d", status)
	}
	var kept, again command.Picture
	if status := h.said(phone, "POST", door, m{"id": "p1", "data": shot, "at": 1000}, &kept); status != 200 || kept.At != 1000 || kept.ReceivedAt < kept.At {
		t.Fatalf("a photo: %d %+v", status, kept)
	}
	if h.said(phone, "POST", door, m{"id": "p1", "data": shot}, &again); again != kept {
		t.Errorf("the same photo again: %+v, want %+v", again, kept)
	}
	for name, tt := range map[string]struct {
		who, path string
		want      int
	}{
		"he himself":                       {phone, door + "/p1", 200},
		"another responder":                {other, door + "/p1", 404},
		"a photo that there isn't":         {phone, door + "/p2", 404},
		"the commander without a purpose":  {boss, door + "/p1", 403},
		"the commander with one":           {boss, door + "/p1?purpose=help", 200},
		"as if it were of another's house": {boss, strings.Replace(door, tasks[0].Households[0], tasks[0].Households[1], 1) + "/p1?purpose=help", 404},
	} {
		res, body := h.request("GET", "/api/v1"+tt.path, "", "Cookie", tt.who)
		if res.StatusCode != tt.want {
			t.Errorf("%s: %d, want %d", name, res.StatusCode, tt.want)
		}
		if tt.want != 200 {
			continue
		}
		sum := sha256.Sum256([]byte(body))
		is, err := jpeg.Decode(strings.NewReader(body))
		if err != nil || is.Bounds().Dx() != 64 || hex.EncodeToString(sum[:]) != kept.SHA256 || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s gets %v, %v, kept %s", name, err, res.Header, kept.SHA256)
		}
		if strings.Contains(body, "Exif") || strings.Contains(body, "GPS") {
			t.Errorf("%s also learns where it was taken", name)
		}
	}
	if _, lines := h.request("GET", "/api/v1/commands/"+id+"/ledger", "", "Cookie", boss); !containsLine(lines, `"kind":"photo"`, `"photo":"p1"`, kept.SHA256) {
		t.Error("the ledger does not know of the photo")
	}
	h.said(boss, "POST", "/commands/"+id+"/stand-down", m{"reason": "over"}, nil)
	for name, who := range map[string]string{"the commander": boss, "he himself": phone} {
		if status := h.said(who, "GET", door+"/p1?purpose=help", nil, nil); status != 403 {
			t.Errorf("after the stand-down %s: %d, want 403", name, status)
		}
	}
	if faults, err := h.verified(); err != nil {
		t.Errorf("the record is not whole: %v %s", err, faults)
	}
}
