/// Tests of the HTTP ends against the JDK's server, Jetty, and sockets that do byte for byte what a test says.
@NullMarked
package highwater.http;

import org.jspecify.annotations.NullMarked;
