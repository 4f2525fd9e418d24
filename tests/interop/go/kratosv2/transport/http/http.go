// Package http is what code of Kratos's v2 generator imports, with the runtime of Kratos v3 behind it: the names it uses, as
// aliases. So that code runs over v3 without a byte of it changed.
package http

import "github.com/go-kratos/kratos/v3/transport/http"

// SupportPackageIsVersion1 is asserted by generated code.
const SupportPackageIsVersion1 = http.SupportPackageIsVersion3

type (
	Server     = http.Server
	Context    = http.Context
	Client     = http.Client
	CallOption = http.CallOption
)

var (
	SetOperation = http.SetOperation
	Operation    = http.Operation
	PathTemplate = http.PathTemplate
)
