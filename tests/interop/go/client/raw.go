package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	"interop/api"
)

// checkRaw writes the request as it stands, since net/http's client would normalise the target, and reads with net/http.
func checkRaw(address string, raw *api.RawRequest, expected *api.Expectation) string {
	connection, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		return err.Error()
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return err.Error()
	}
	var text bytes.Buffer
	fmt.Fprintf(&text, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", raw.Method, raw.Target, address)
	names := make([]string, 0, len(raw.Headers))
	for name := range raw.Headers {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&text, "%s: %s\r\n", name, raw.Headers[name])
	}
	if len(raw.Body) > 0 {
		fmt.Fprintf(&text, "Content-Length: %d\r\n", len(raw.Body))
	}
	text.WriteString("\r\n")
	text.Write(raw.Body)
	if _, err := connection.Write(text.Bytes()); err != nil {
		return err.Error()
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), &http.Request{Method: raw.Method})
	if err != nil {
		return "no HTTP reply: " + err.Error()
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return "cut reply: " + err.Error()
	}
	want := expected.GetRaw()
	if want == nil {
		return "a raw request needs a raw expectation"
	}
	return checkReply(response, body, want)
}

func checkReply(response *http.Response, body []byte, want *api.RawReply) string {
	described := fmt.Sprintf("%d %s %s", response.StatusCode, response.Header.Get("Content-Type"), short(string(body)))
	if response.StatusCode != int(want.Status) {
		return fmt.Sprintf("status is %d, want %d: %s", response.StatusCode, want.Status, described)
	}
	if want.ContentType != "" && response.Header.Get("Content-Type") != want.ContentType {
		return fmt.Sprintf("Content-Type is not %q: %s", want.ContentType, described)
	}
	for name, value := range want.Headers {
		if got := strings.Join(response.Header.Values(name), ", "); got != value {
			return fmt.Sprintf("%s is %q, want %q", name, got, value)
		}
	}
	switch content := want.Content.(type) {
	case *api.RawReply_Body:
		if !bytes.Equal(body, content.Body) {
			return fmt.Sprintf("body is not %q: %s", content.Body, described)
		}
	case *api.RawReply_Json:
		var got, expected any
		if err := json.Unmarshal(body, &got); err != nil {
			return "not JSON: " + described
		}
		if err := json.Unmarshal([]byte(content.Json), &expected); err != nil {
			return "the expectation is not JSON: " + err.Error()
		}
		if !reflect.DeepEqual(got, expected) {
			return fmt.Sprintf("body is not %s: %s", content.Json, described)
		}
	case *api.RawReply_Seen:
		var reply api.EchoReply
		if err := protojson.Unmarshal(body, &reply); err != nil {
			return "not an EchoReply: " + described
		}
		return checkSeen(&reply, content.Seen)
	}
	return ""
}
