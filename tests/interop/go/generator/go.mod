// Kratos's generator, as the module proxy has it. Its module is refused by that proxy under every name but this exact version of
// v2, which no checksum database lists: go.sum pins it. A module of its own, so that nothing else decides about its dependencies.
module interop/generator

go 1.25.0

require github.com/go-kratos/kratos/cmd/protoc-gen-go-http/v2 v2.0.0-20260404020628-f149714c1d54

require (
	google.golang.org/genproto v0.0.0-20220519153652-3a47de7e79bd // indirect
	google.golang.org/protobuf v1.33.0 // indirect
)

tool github.com/go-kratos/kratos/cmd/protoc-gen-go-http/v2
