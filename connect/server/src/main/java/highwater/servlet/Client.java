package highwater.servlet;

import jakarta.servlet.http.HttpServletRequest;

/// Who asked, and for what, in words for names and messages; the query, which may hold secrets, is not among them.
///
/// @param asked such as `GET /huge.log`
/// @param place such as `127.0.0.1`
record Client(String asked, String place) {
  static Client of(HttpServletRequest request) {
    return new Client(request.getMethod() + " " + request.getRequestURI(), request.getRemoteAddr());
  }

  @Override
  public String toString() {
    return "the client of " + asked + " at " + place;
  }
}
