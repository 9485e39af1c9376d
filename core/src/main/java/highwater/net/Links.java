package highwater.net;

import highwater.strand.Strand;

/// Makes what carries one connection, from the wish for it on.
interface Links {
  /// One for `strand`, on which `wake` is run when it is worth trying again.
  Link link(Strand strand, Runnable wake);
}
