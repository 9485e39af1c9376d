package highwater.pipeline;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// A loop over what an iterator gives, with all calls of one [Chain] inside, so that the compiler sees both.
/// [LoopShape] makes the classes that extend this.
abstract class OwnLoop {
  private final Chain chain;

  OwnLoop(Chain chain) {
    this.chain = chain;
  }

  /// Gives the chain what `from` gives, one at least, until the chain has its quota, can take no more now, or there is
  /// no next. `index` is that of the first among all values of `origin`. Returns how many were given.
  abstract int give(Iterator<?> from, ValueOrigin<?> origin, long index) throws Exception;

  // For the code that is made.

  final Object checked(@Nullable Object value, ValueOrigin<?> origin, long index) {
    return chain.checked(value, origin, index);
  }

  /// How many objects may be given in one call.
  final int most() {
    return chain.quota();
  }

  /// The function of the plain link at `index`.
  final Object function(int index) {
    return ((Link.Plain) chain.link(index)).function();
  }

  final Link<Object, Object> link(int index) {
    return chain.link(index);
  }

  /// What is thrown where the function of a link made null.
  final NullPointerException madeNull(int index) {
    return chain.link(index).madeNull("an object");
  }

  /// `given` were taken, and `reached` of them came to the plain link at `end`, where there is one; else it is -1.
  final void took(int given, int end, long reached) {
    chain.took(given);
    if (end >= 0) ((Link.Plain) chain.link(end)).reached(reached);
  }

  /// What was thrown in the call of the link at `index`, or outside of them (-1), to be thrown on. An object at which a
  /// link failed is counted by the run. A link behind the first `own` has named itself already.
  final Exception failed(Throwable thrown, int index, int own, int given, int end, long reached) throws Exception {
    took(index < 0 ? given : given - 1, end, reached);
    if (index >= 0 && index < own) throw chain.link(index).failed(thrown);
    throw Rethrow.asItIs(thrown);
  }
}
