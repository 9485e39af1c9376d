package highwater.pipeline;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What chains have in common that share an [OwnLoop]: the classes of their iterators, links and functions. Makes the
/// class of that loop, one method that calls the iterator and the functions one after another, and the first link that
/// is not plain for the rest.
///
/// What the compiler does with a call depends on which classes it has seen there. The links' code belongs to all
/// pipelines of a process, so after a few of them it has seen many, inlines nothing and makes every box; and it reads
/// each link's function again for each object. A loop of one's own has seen one pipeline, and holds the functions in
/// locals:
/// ```
///   do {
///     value = from.next();                            given++;
///     value = map.apply(value);
///     if (filter.test(value)) { each.accept(value);   reached++; }
///   } while (given < most && from.hasNext());
/// ```
/// Of a long chain the loop has the first links, as many as the compiler can do well ([#LINKS_MAX]). It keeps all rules of the
/// links: who failed, what is null, what is lent, when it stops. Behind plain links a link
/// that makes much of each object has the same quota once more meanwhile, so a batch has at most twice as many.
///
/// A shape is a node in a tree of class values, so it lives as long as its classes, and so does its loop, a hidden
/// class that names only classes of this package. Where no class can be defined at run time everything goes on without.
/// Thread rule: any thread.
final class LoopShape extends ClassValue<LoopShape> {
  /// How many objects of one shape have moved when it gets a loop: so many take about the time, some milliseconds, that
  /// it takes to make one and to run it until it is compiled. `-Dhighwater.loopAfter` says otherwise.
  private static final long MAKE_AFTER = Long.getLong("highwater.loopAfter", 1 << 20);

  /// No more plain links than this are in one loop; those behind them are called as links. A loop of many is slower than they
  /// are: from some 60 on the compiler sees through it no better, and past 100 it leaves it to the interpreter.
  static final int LINKS_MAX = 32;

  /// No more loops than this are made in a process, of 2 to 4 KiB and their compiled code each.
  private static final int LOOPS_MAX = 256;

  private static final LoopShape ROOT = new LoopShape();
  private static final AtomicInteger MADE = new AtomicInteger();

  // Under the lock of the node.
  private long moved;
  private @Nullable Constructor<? extends OwnLoop> loop;
  private boolean tried;

  private LoopShape() {}

  @Override
  protected LoopShape computeValue(Class<?> type) {
    return new LoopShape();
  }

  /// A loop for `chain`, which has moved so many objects of an iterator of class `from` since it was asked last; null
  /// where it is not worth one, or cannot have one.
  static @Nullable OwnLoop loopFor(Chain chain, Class<?> from, long objects) {
    int plain = 0;
    while (plain < Math.min(chain.length(), LINKS_MAX) && chain.link(plain) instanceof Link.Plain) plain++;
    if (plain == 0) return null;
    var shape = ROOT.get(from);
    for (int i = 0; i < plain; i++) {
      shape = shape.get(chain.link(i).getClass()).get(((Link.Plain) chain.link(i)).function().getClass());
    }
    if (plain < chain.length()) shape = shape.get(chain.link(plain).getClass());
    var made = shape.after(objects, chain, plain);
    if (made == null) return null;
    try {
      return made.newInstance(chain);
    } catch (ReflectiveOperationException impossible) {
      throw new LinkageError(impossible.getMessage(), impossible);
    }
  }

  /// How many were made in this process.
  static int made() {
    return MADE.get();
  }

  private synchronized @Nullable Constructor<? extends OwnLoop> after(long objects, Chain chain, int plain) {
    moved += objects;
    if (loop != null || tried || moved < MAKE_AFTER) return loop;
    tried = true;
    if (MADE.incrementAndGet() > LOOPS_MAX) {
      MADE.decrementAndGet();
      return null;
    }
    try {
      var bytes = new Code(chain, plain).bytes();
      var type = MethodHandles.lookup().defineHiddenClass(bytes, true).lookupClass().asSubclass(OwnLoop.class);
      loop = type.getDeclaredConstructor(Chain.class);
    } catch (ReflectiveOperationException | LinkageError | RuntimeException _) {
      // An environment without classes that are made at run time: it is slower there, and no less right.
      MADE.decrementAndGet();
    }
    return loop;
  }

  /// Writes the class of one loop.
  private static final class Code {
    private static final ClassDesc LOOP = desc(OwnLoop.class);
    private static final ClassDesc CHAIN = desc(Chain.class);
    private static final ClassDesc LINK = desc(Link.class);
    private static final ClassDesc ITERATOR = desc(Iterator.class);
    private static final ClassDesc BUFFER = desc(ByteBuffer.class);
    private static final ClassDesc FUNCTION = desc(Function.class);
    private static final ClassDesc PREDICATE = desc(Predicate.class);
    private static final ClassDesc CONSUMER = desc(Consumer.class);
    private static final ClassDesc BODY = desc(EachTarget.Body.class);
    private static final ClassDesc ORIGIN = desc(ValueOrigin.class);
    private static final ClassDesc OBJECT = ConstantDescs.CD_Object;
    private static final ClassDesc THROWABLE = ConstantDescs.CD_Throwable;
    private static final ClassDesc INT = ConstantDescs.CD_int;
    private static final ClassDesc LONG = ConstantDescs.CD_long;
    private static final ClassDesc BOOLEAN = ConstantDescs.CD_boolean;
    private static final ClassDesc VOID = ConstantDescs.CD_void;

    private static final MethodTypeDesc TEST = MethodTypeDesc.of(BOOLEAN, OBJECT);
    private static final MethodTypeDesc TAKE = MethodTypeDesc.of(VOID, OBJECT);
    private static final MethodTypeDesc HAS_NEXT = MethodTypeDesc.of(BOOLEAN);

    // The locals of `give`.
    private static final int THIS = 0;
    private static final int FROM = 1;
    private static final int GIVEN_ORIGIN = 2;
    private static final int INDEX = 3;
    private static final int MOST = 5;
    private static final int GIVEN = 6;

    /// The link that is called, -1 for the iterator.
    private static final int AT = 7;

    private static final int VALUE = 8;
    private static final int REACHED = 9;
    private static final int THROWN = 11;

    /// The functions, then the rest.
    private static final int CALLED = 12;

    private final Link.Does[] steps;
    private final boolean hasRest;

    /// The plain link that counts what reaches it, or -1.
    private final int end;

    Code(Chain chain, int plain) {
      steps = new Link.Does[plain];
      for (int i = 0; i < plain; i++) steps[i] = ((Link.Plain) chain.link(i)).does();
      hasRest = plain < chain.length();
      end = steps[plain - 1] == Link.Does.TAKES ? plain - 1 : -1;
    }

    private static ClassDesc desc(Class<?> type) {
      return ClassDesc.ofDescriptor(type.descriptorString());
    }

    byte[] bytes() {
      var name = ClassDesc.of(OwnLoop.class.getPackageName(), "LoopOfOne");
      return ClassFile.of()
          .build(
              name,
              type ->
                  type.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER)
                      .withSuperclass(LOOP)
                      .withMethodBody(
                          ConstantDescs.INIT_NAME,
                          MethodTypeDesc.of(VOID, CHAIN),
                          0,
                          code ->
                              code.aload(0)
                                  .aload(1)
                                  .invokespecial(LOOP, ConstantDescs.INIT_NAME, MethodTypeDesc.of(VOID, CHAIN))
                                  .return_())
                      .withMethodBody("give", MethodTypeDesc.of(INT, ITERATOR, ORIGIN, LONG), 0, this::give));
    }

    private void give(CodeBuilder code) {
      code.aload(THIS).invokevirtual(LOOP, "most", MethodTypeDesc.of(INT)).istore(MOST);
      code.iconst_0().istore(GIVEN);
      code.iconst_m1().istore(AT);
      code.lconst_0().lstore(REACHED);
      for (int i = 0; i < steps.length; i++) {
        code.aload(THIS).loadConstant(i).invokevirtual(LOOP, "function", MethodTypeDesc.of(OBJECT, INT));
        code.checkcast(functionOf(steps[i])).astore(CALLED + i);
      }
      if (hasRest) {
        code.aload(THIS).loadConstant(steps.length).invokevirtual(LOOP, "link", MethodTypeDesc.of(LINK, INT));
        code.astore(CALLED + steps.length);
      }
      code.trying(this::loop, catching -> catching.catching(THROWABLE, this::fail));
      code.aload(THIS).iload(GIVEN).loadConstant(end).lload(REACHED);
      code.invokevirtual(LOOP, "took", MethodTypeDesc.of(VOID, INT, INT, LONG));
      code.iload(GIVEN).ireturn();
    }

    private static ClassDesc functionOf(Link.Does does) {
      return switch (does) {
        case MAPS -> FUNCTION;
        case TESTS -> PREDICATE;
        case LOOKS, TAKES -> CONSUMER;
        case HANDS -> BODY;
      };
    }

    private void loop(CodeBuilder code) {
      var next = code.newLabel();
      var over = code.newLabel();
      var begin = code.newBoundLabel();
      code.aload(FROM).invokeinterface(ITERATOR, "next", MethodTypeDesc.of(OBJECT)).astore(VALUE);
      check(code);
      code.iinc(GIVEN, 1);
      for (int i = 0; i < steps.length; i++) {
        code.loadConstant(i).istore(AT);
        step(code, i, next);
      }
      if (hasRest) {
        code.loadConstant(steps.length).istore(AT);
        code.aload(CALLED + steps.length).aload(VALUE).invokevirtual(LINK, "accept", TEST).ifeq(over);
      }
      code.labelBinding(next);
      code.iconst_m1().istore(AT);
      code.iload(GIVEN).iload(MOST).if_icmpge(over);
      code.aload(FROM).invokeinterface(ITERATOR, "hasNext", HAS_NEXT).ifne(begin);
      code.labelBinding(over);
    }

    /// Nulls and buffers are looked at more closely.
    private static void check(CodeBuilder code) {
      var closely = code.newLabel();
      var done = code.newLabel();
      code.aload(VALUE).ifnull(closely);
      code.aload(VALUE).instanceOf(BUFFER).ifeq(done);
      code.labelBinding(closely);
      code.aload(THIS).aload(VALUE).aload(GIVEN_ORIGIN).lload(INDEX).iload(GIVEN).i2l().ladd();
      code.invokevirtual(LOOP, "checked", MethodTypeDesc.of(OBJECT, OBJECT, ORIGIN, LONG)).astore(VALUE);
      code.labelBinding(done);
    }

    private void step(CodeBuilder code, int index, Label next) {
      int called = CALLED + index;
      switch (steps[index]) {
        case MAPS -> {
          code.aload(called).aload(VALUE).invokeinterface(FUNCTION, "apply", MethodTypeDesc.of(OBJECT, OBJECT));
          code.astore(VALUE).aload(VALUE);
          code.ifThen(
              Opcode.IFNULL,
              isNull ->
                  isNull
                      .aload(THIS)
                      .loadConstant(index)
                      .invokevirtual(LOOP, "madeNull", MethodTypeDesc.of(desc(NullPointerException.class), INT))
                      .athrow());
        }
        case TESTS -> {
          look(code, called, PREDICATE, "test", "look", BOOLEAN);
          code.ifeq(next);
        }
        case LOOKS -> look(code, called, CONSUMER, "accept", "lookWith", VOID);
        case TAKES -> {
          code.aload(called).aload(VALUE).invokeinterface(CONSUMER, "accept", TAKE);
          code.lload(REACHED).lconst_1().ladd().lstore(REACHED);
        }
        case HANDS -> code.aload(called).aload(VALUE).invokeinterface(BODY, "accept", TAKE);
      }
    }

    /// Calls a function that only looks: of a buffer by [Link], which puts back what it moves.
    private static void look(
        CodeBuilder code, int called, ClassDesc function, String name, String ofBuffer, ClassDesc answer) {
      code.aload(called).aload(VALUE);
      code.aload(VALUE).instanceOf(BUFFER);
      code.ifThenElse(
          buffer -> buffer.invokestatic(LINK, ofBuffer, MethodTypeDesc.of(answer, function, OBJECT)),
          object -> object.invokeinterface(function, name, MethodTypeDesc.of(answer, OBJECT)));
    }

    private void fail(CodeBuilder code) {
      code.astore(THROWN);
      code.aload(THIS).aload(THROWN).iload(AT).loadConstant(steps.length);
      code.iload(GIVEN).loadConstant(end).lload(REACHED);
      code.invokevirtual(LOOP, "failed", MethodTypeDesc.of(desc(Exception.class), THROWABLE, INT, INT, INT, INT, LONG))
          .athrow();
    }
  }
}
