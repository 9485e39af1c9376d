package highwater;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.PackageTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.lang.model.element.Modifier;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/// Every public or protected element of the library says what it is.
///
/// Javadoc's own check of this asks for `@param` and `@return` too, where the house style has a sentence. What a
/// comment contains is checked by javadoc itself, in `./dev check`.
class DocumentationTest {
  private static final Path SOURCES = Path.of("src/main/java");

  @Test
  void everyPublicElementHasAComment() throws IOException {
    var missing = new ArrayList<String>();
    var files = sources();
    assertThat(files).as("sources below " + SOURCES.toAbsolutePath()).isNotEmpty();
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var manager = compiler.getStandardFileManager(null, null, null)) {
      var task =
          (JavacTask) compiler.getTask(null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(files));
      var comments = DocTrees.instance(task);
      for (var unit : task.parse()) {
        new Undocumented(comments, missing).scan(unit, null);
      }
    }
    assertThat(missing).as("public elements without a comment").isEmpty();
  }

  @Test
  void everyPackageSaysItsIdeaAndIsNullMarked() throws IOException {
    var packages = new TreeSet<Path>();
    for (var file : sources()) packages.add(file.getParent());
    for (var folder : packages) {
      assertThat(folder.resolve("package-info.java")).content().contains("@NullMarked");
    }
  }

  private static List<Path> sources() throws IOException {
    try (var all = Files.walk(SOURCES)) {
      return all.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  /// Walks what a user can see, and no deeper: not into bodies, not into hidden types.
  private static final class Undocumented extends TreePathScanner<Void, Void> {
    private final DocTrees comments;
    private final List<String> missing;

    Undocumented(DocTrees comments, List<String> missing) {
      this.comments = comments;
      this.missing = missing;
    }

    @Override
    public Void visitPackage(PackageTree tree, Void nothing) {
      if (getCurrentPath().getCompilationUnit().getSourceFile().getName().endsWith("package-info.java")) {
        check("package " + tree.getPackageName());
      }
      return null;
    }

    @Override
    public Void visitClass(ClassTree tree, Void nothing) {
      if (!isVisible(tree.getModifiers())) return null;
      check("type " + tree.getSimpleName());
      if (tree.getKind() == Tree.Kind.CLASS && hasOnlyTheDefaultConstructor(tree)) {
        report("the constructor the compiler adds to " + tree.getSimpleName());
      }
      return super.visitClass(tree, null);
    }

    @Override
    public Void visitMethod(MethodTree tree, Void nothing) {
      if (isVisible(tree.getModifiers()) && !isOverride(tree) && !isCanonicalConstructor(tree)) {
        check("method " + tree.getName());
      }
      return null;
    }

    @Override
    public Void visitVariable(VariableTree tree, Void nothing) {
      if (isVisible(tree.getModifiers())) check("field " + tree.getName());
      return null;
    }

    private boolean isVisible(ModifiersTree modifiers) {
      var flags = modifiers.getFlags();
      return flags.contains(Modifier.PUBLIC)
          || flags.contains(Modifier.PROTECTED)
          || (isInInterface() && !flags.contains(Modifier.PRIVATE));
    }

    private boolean isInInterface() {
      var parent = getCurrentPath().getParentPath();
      return parent != null
          && Set.of(Tree.Kind.INTERFACE, Tree.Kind.ANNOTATION_TYPE).contains(parent.getLeaf().getKind());
    }

    /// The constructor with a record's own components says nothing that the record does not.
    private boolean isCanonicalConstructor(MethodTree tree) {
      return tree.getReturnType() == null
          && getCurrentPath().getParentPath().getLeaf() instanceof ClassTree type
          && type.getKind() == Tree.Kind.RECORD
          && tree.getParameters().size() == type.getMembers().stream().filter(this::isComponent).count();
    }

    private boolean isComponent(Tree member) {
      return member instanceof VariableTree field && !field.getModifiers().getFlags().contains(Modifier.STATIC);
    }

    private static boolean isOverride(MethodTree tree) {
      return tree.getModifiers().getAnnotations().stream()
          .anyMatch(annotation -> annotation.getAnnotationType().toString().equals("Override"));
    }

    private static boolean hasOnlyTheDefaultConstructor(ClassTree tree) {
      return tree.getMembers().stream()
          .noneMatch(member -> member instanceof MethodTree method && method.getReturnType() == null);
    }

    private void check(String what) {
      TreePath path = getCurrentPath();
      var comment = comments.getDocComment(path);
      if (comment == null || comment.isBlank()) report(what);
    }

    private void report(String what) {
      var unit = getCurrentPath().getCompilationUnit();
      var start = comments.getSourcePositions().getStartPosition(unit, getCurrentPath().getLeaf());
      missing.add(
          SOURCES.relativize(Path.of(unit.getSourceFile().getName()))
              + ":"
              + unit.getLineMap().getLineNumber(start)
              + " "
              + what);
    }
  }
}
