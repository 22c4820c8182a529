package live

// Messages are the small messages by the name of their schema, for the test
// that compares them with asyncapi.json.
var Messages = map[string]any{
	"Hello": hello{},
	"Error": problem{},
	"Beat":  heartbeat{},
	"Op":    op{},
}

// AsyncAPI is the embedded description.
var AsyncAPI = asyncAPI
