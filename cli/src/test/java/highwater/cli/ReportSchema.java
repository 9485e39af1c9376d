package highwater.cli;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `docs/report.schema.json`, and as much of JSON Schema as it uses.
///
/// It is stricter than a reader should be: a member that the schema does not name is an error here, so that nothing is
/// printed which is not documented. A keyword that it does not know is one too.
final class ReportSchema {
  private static final Path FILE = Path.of("..", "docs", "report.schema.json");
  private static final List<String> WORDS = List.of("$schema", "title", "description", "$defs");

  private final Map<?, ?> root;
  private final List<String> errors = new ArrayList<>();

  private ReportSchema(Map<?, ?> root) {
    this.root = root;
  }

  /// What is wrong with `document`, a text; nothing where it fits.
  static List<String> errorsOf(String document) throws IOException {
    var schema = new ReportSchema((Map<?, ?>) required(JsonValue.parse(Files.readString(FILE))));
    schema.check("", schema.root, JsonValue.parse(document));
    return schema.errors;
  }

  private static Object required(@Nullable Object value) {
    if (value == null) throw new IllegalArgumentException("null");
    return value;
  }

  private void check(String path, Map<?, ?> schema, @Nullable Object value) {
    for (var entry : schema.entrySet()) {
      String keyword = (String) required(entry.getKey());
      if (!WORDS.contains(keyword) && !fits(path, keyword, required(entry.getValue()), value)) {
        errors.add(path + ": " + value + " (expected: " + keyword + " " + entry.getValue() + ")");
      }
    }
    if (value instanceof Map<?, ?> members && schema.get("properties") instanceof Map<?, ?> known) {
      for (var name : members.keySet())
        if (!known.containsKey(name)) errors.add(path + "/" + name + " is not documented");
    }
  }

  private boolean fits(String path, String keyword, Object argument, @Nullable Object value) {
    return switch (keyword) {
      case "type" -> isA((String) argument, value);
      case "enum" -> ((List<?>) argument).contains(value);
      case "required" -> value instanceof Map<?, ?> members && members.keySet().containsAll((List<?>) argument);
      case "minimum" -> value instanceof BigDecimal number && number.compareTo((BigDecimal) argument) >= 0;
      case "maximum" -> value instanceof BigDecimal number && number.compareTo((BigDecimal) argument) <= 0;
      case "minItems" -> value instanceof List<?> items && items.size() >= ((BigDecimal) argument).intValueExact();
      case "$ref" -> {
        String name = ((String) argument).substring("#/$defs/".length());
        check(path, (Map<?, ?>) required(((Map<?, ?>) required(root.get("$defs"))).get(name)), value);
        yield true;
      }
      case "properties" -> {
        if (value instanceof Map<?, ?> members) {
          for (var property : ((Map<?, ?>) argument).entrySet()) {
            var name = property.getKey();
            if (members.containsKey(name)) {
              check(path + "/" + name, (Map<?, ?>) required(property.getValue()), members.get(name));
            }
          }
        }
        yield true;
      }
      case "items" -> {
        int at = 0;
        if (value instanceof List<?> items) {
          for (var item : items) check(path + "/" + at++, (Map<?, ?>) argument, item);
        }
        yield true;
      }
      default -> throw new IllegalArgumentException("a keyword that this check does not know: " + keyword);
    };
  }

  private static boolean isA(String type, @Nullable Object value) {
    return switch (type) {
      case "object" -> value instanceof Map<?, ?>;
      case "array" -> value instanceof List<?>;
      case "string" -> value instanceof String;
      case "number" -> value instanceof BigDecimal;
      case "integer" -> value instanceof BigDecimal number && number.stripTrailingZeros().scale() <= 0;
      default -> throw new IllegalArgumentException("a type that this check does not know: " + type);
    };
  }
}
