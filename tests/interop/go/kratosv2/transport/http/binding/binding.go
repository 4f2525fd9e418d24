// Package binding has the function that v3 calls BuildPath under the name it has in v2.
package binding

import (
	"regexp"

	"github.com/go-kratos/kratos/v3/transport/http"
)

var pattern = regexp.MustCompile(`{([\w.]+):[^{}]*}`)

// EncodeURL is v3's BuildPath. v2's generator gives clients the router's {name:regex}, of which neither runtime makes a path,
// where v3's gives {name=pattern}; what BuildPath looks at is the name.
func EncodeURL(template string, message any, query bool) string {
	template = pattern.ReplaceAllString(template, "{$1}")
	if query {
		return http.BuildPath(template, message, http.WithQueryParams())
	}
	return http.BuildPath(template, message)
}
