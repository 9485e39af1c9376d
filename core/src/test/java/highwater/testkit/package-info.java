/// The test kit: whoever writes a source, a sink, a transformer or a recipe proves here that it keeps the rules.
///
/// A test extends a contract and brings what it makes: [highwater.testkit.SourceContract],
/// [highwater.testkit.SinkContract], [highwater.testkit.TransformerContract] for what a live stream is made of,
/// [highwater.testkit.PullOriginContract], [highwater.testkit.PullStageContract],
/// [highwater.testkit.PullTargetContract] for recipes with parts. Each drives it through real streams and pipelines in
/// virtual time, past neighbours that are slow, fail, stop early and reuse their buffers, and looks whether anything is
/// left. For tests of one's own there are [highwater.testkit.VirtualTime], a strand that is turned by hand and a log
/// with phases, and streams that record what happens to them and misbehave when told:
/// [highwater.testkit.RecordingSource], [highwater.testkit.RecordingSink].
///
/// It is in the library's test-jar (type `test-jar`, scope `test`) and needs JUnit Jupiter and AssertJ beside it, which
/// a test-jar cannot bring.
@NullMarked
package highwater.testkit;

import org.jspecify.annotations.NullMarked;
