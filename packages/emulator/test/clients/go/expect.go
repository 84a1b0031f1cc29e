package main

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"

	"github.com/googleapis/gax-go/v2/apierror"
	"google.golang.org/api/googleapi"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
)

const (
	noQueue = "Queue does not exist. If you just created the queue, wait at least a minute for the queue to initialize."
	existed = "The task no longer exists, though a task with this name existed recently. " +
		"The task either successfully completed or was deleted."
)

// must returns the answer of a call that must succeed.
func must[T any](answer T, err error) T {
	none(err)
	return answer
}

// none fails if there is an error.
func none(err error) {
	if err != nil {
		panic(err)
	}
}

// equal fails unless both are equal.
func equal[T any](received, expected T) {
	left, isMessage := any(received).(proto.Message)
	if isMessage && proto.Equal(left, any(expected).(proto.Message)) {
		return
	}
	if isMessage || !reflect.DeepEqual(received, expected) {
		panic(fmt.Sprintf("expected %v; received %v", expected, received))
	}
}

// A rejection is the expected failure of a call. Over REST this client knows only the HTTP status.
type rejection struct {
	code    codes.Code
	status  int
	message *regexp.Regexp
	help    string
}

// rejected fails unless the error is the expected rejection.
func rejected(err error, expected rejection) {
	var failure *apierror.APIError
	if !errors.As(err, &failure) {
		panic(fmt.Sprintf("expected %v; received %v", expected.code, err))
	}
	message := ""
	var overREST *googleapi.Error
	if errors.As(err, &overREST) {
		equal(overREST.Code, expected.status)
		message = overREST.Message
	} else {
		equal(failure.GRPCStatus().Code(), expected.code)
		message = failure.GRPCStatus().Message()
	}
	if !expected.message.MatchString(message) {
		panic(fmt.Sprintf("expected the message %s; received %s", expected.message, message))
	}
	help := ""
	for _, link := range failure.Details().Help.GetLinks() {
		help = link.Description
	}
	equal(help, expected.help)
}

// exactly matches only the given message.
func exactly(message string) *regexp.Regexp {
	return regexp.MustCompile("^" + regexp.QuoteMeta(message) + "$")
}

func notFound(message string) rejection {
	return rejection{code: codes.NotFound, status: 404, message: exactly(message)}
}

func alreadyExists(message string) rejection {
	return rejection{code: codes.AlreadyExists, status: 409, message: exactly(message)}
}
