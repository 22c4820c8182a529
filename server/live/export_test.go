package live

// Messages are the small messages by the name of their schema, for the test
// that compares them with asyncapi.json.
var Messages = map[string]any{
	"Hello":  hello{},
	"Error":  problem{},
	"Beat":   heartbeat{},
	"Op":     op{},
	"Show":   show{},
	"Reload": reload{},
}

// AsyncAPI is the embedded description.
var AsyncAPI = asyncAPI

// Decode reads an op and gives the code of what is wrong with it.
func Decode(text []byte) string {
	_, c, _ := decode(text)
	return string(c)
}
