/// Databases as ends: the rows of a query, rows into a table, and COPY of PostgreSQL; a connection that a run has used goes
/// back to its pool as it came, or is discarded.
///
/// Start at [highwater.jdbc.JdbcStreams] and [highwater.jdbc.PostgresCopy]. Uses the pipeline of core and the layers below it.
@NullMarked
package highwater.jdbc;

import org.jspecify.annotations.NullMarked;
