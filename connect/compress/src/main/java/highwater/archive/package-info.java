/// Archives: tar and zip as streams of entries in both directions, and folders as their sources and sinks; uses the core and
/// commons-compress alone.
///
/// An archive is a flat sequence of [Piece]s: an entry, its data, its end, the next entry. Whatever reads one may look away from
/// the data of an entry that it does not want. Nothing but [Folder] and what is made of it touches the disk.
@NullMarked
package highwater.archive;

import org.jspecify.annotations.NullMarked;
