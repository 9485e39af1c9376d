package highwater.pipeline;

/// A live stage of a run: takes chunks when HUNGRY, gives chunks when READY, each output lent as [Pull] says.
///
/// It stops in mid chunk: output is taken one chunk at a time and the step answers HUNGRY only when the input it was
/// lent is used up, so its bound is one input and one output chunk, however much a chunk expands. After `finish` it
/// gives what is left and answers DONE. It may answer DONE early (it needs no more input); the run then ends the parts
/// before it.
public interface Step<I, O> extends Put<I>, Pull<O> {}
