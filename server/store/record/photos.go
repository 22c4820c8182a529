package record

import (
	"context"

	"citydeck/server/store/record/seal"
)

func photoAt(id string) seal.Column { return seal.Column{Table: "photos", Name: "content", Row: id} }

// PutPhoto keeps a picture of a command, sealed, until the command's retention
// is over. Under an id that is known the picture of before stays.
func (r *Record) PutPhoto(ctx context.Context, command, id string, picture []byte) error {
	row := command + "/" + id
	sealed, err := r.keys.Seal(photoAt(row), string(picture))
	if err != nil {
		return err
	}
	_, err = r.exec(ctx, "keep a picture", "insert into photos (id, command, at, content) values (?, ?, ?, ?) on conflict (id) do nothing", row, command, r.now(), sealed)
	return err
}

// Photo finds a picture of a command; fault.NotFound when there is none, or none
// any more.
func (r *Record) Photo(ctx context.Context, command, id string) ([]byte, error) {
	row := command + "/" + id
	var sealed []byte
	if err := r.one(ctx, "picture", &sealed, "select content from photos where id = ?", row); err != nil {
		return nil, err
	}
	text, err := r.keys.Open(photoAt(row), sealed)
	return []byte(text), err
}
