package store

import (
	"reflect"
	"strings"

	"github.com/guregu/dynamo/v2"
)

// headAttributes are the attributes of a header that this version knows, without its key.
var headAttributes = attributes(reflect.TypeFor[headItem]())

func attributes(of reflect.Type) (names []string) {
	for _, field := range reflect.VisibleFields(of) {
		name, options, _ := strings.Cut(field.Tag.Get("dynamo"), ",")
		if name != "" && options != "hash" && options != "range" {
			names = append(names, name)
		}
	}
	return names
}

// replaceHead sets every attribute of a header that this version knows and leaves the others: while two versions of a
// function run at once, the older one must not undo what the newer one has added. It costs what a Put does.
func (s *Conversations) replaceHead(head headItem) (*dynamo.Update, error) {
	item, err := dynamo.MarshalItem(head)
	if err != nil {
		return nil, err
	}
	update := s.table.Update("conversation", head.Conversation).Range("item", headKey)
	for _, name := range headAttributes {
		if value, ok := item[name]; ok {
			update = update.Set(name, value)
		} else {
			update = update.Remove(name)
		}
	}
	return update, nil
}
