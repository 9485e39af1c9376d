/// Objects of S3 and of what speaks like it: upload in parts, download by ranges, listing; uses the core and the AWS SDK
/// alone.
@NullMarked
package highwater.s3;

import org.jspecify.annotations.NullMarked;
