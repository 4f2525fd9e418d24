module github.com/go-kratos/kratos/v2

go 1.25.0

require github.com/go-kratos/kratos/v3 v3.0.0
