import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.StatusCode.Code;
import java.util.Objects;
import java.util.regex.Pattern;

/** Assertions whose messages contain the received value. */
final class Expect {
  static final String NO_QUEUE =
      "Queue does not exist. If you just created the queue, wait at least a minute for the queue to initialize.";
  static final String EXISTED = "The task no longer exists, though a task with this name existed recently. "
      + "The task either successfully completed or was deleted.";

  /** Fails unless both are equal. */
  static void equal(Object received, Object expected) {
    if (!Objects.equals(String.valueOf(received), String.valueOf(expected))) {
      throw new AssertionError("expected " + expected + "; received " + received);
    }
  }

  /** Fails unless the call fails with the code, and with exactly the message. */
  static ApiException rejected(Runnable call, Code code, String message) {
    return rejected(call, code, Pattern.compile(Pattern.quote(message)));
  }

  static ApiException rejected(Runnable call, Code code, Pattern message) {
    try {
      call.run();
    } catch (ApiException error) {
      equal(codeOf(error), code);
      // The message of the exception is "io.grpc.StatusRuntimeException: NOT_FOUND: …" over gRPC.
      var text = String.valueOf(error.getMessage()).replaceFirst("^[\\w.]*Exception: (?:[A-Z_]+: )?", "");
      if (message.matcher(text).matches()) return error;
      throw new AssertionError("expected the message " + message + "; received " + text, error);
    }
    throw new AssertionError("expected " + code + "; the call succeeded");
  }

  /** Over REST this client knows only the HTTP status, and reads 409 as ABORTED. */
  private static Code codeOf(ApiException error) {
    var status = error.getStatusCode();
    return Integer.valueOf(409).equals(status.getTransportCode()) ? Code.ALREADY_EXISTS : status.getCode();
  }

  /** Fails unless the error links to a definition. */
  static void links(ApiException error, String description) {
    var help = error.getErrorDetails().getHelp();
    equal(help == null ? null : help.getLinks(0).getDescription(), description);
  }

  private Expect() {}
}
