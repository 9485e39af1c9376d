package highwater.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.Target;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// One statement is one, whatever its literals and comments look like, and of several none is done.
@Timeout(60)
class SqlTextTest {
  private static void query(Database database, String sql, List<Object> into) {
    Pipeline.from(JdbcStreams.query(database.source(), sql).map(result -> String.valueOf(result.getObject(1))))
        .to(Target.forEach(into::add))
        .run();
  }

  @ParameterizedTest
  @EnumSource
  void aSemicolonInALiteralOrACommentEndsNothing(Database database) {
    for (var sql :
        List.of(
            "select 'a;b' as \"x;y\"",
            "select 'a;b' as x;",
            "select 'a;b' as x ; ;; -- not 'this; one\n ;/* nor; \"this */\n--",
            "/* a; */ select /* ; */ 'a;b' as x -- ;",
            "select 'a;' || 'b' as \"it's;\";")) {
      var read = new ArrayList<Object>();
      query(database, sql, read);
      assertThat(read).as(sql).containsExactly("a;b");
    }
  }

  @Test
  void eachDatabaseHasLiteralsAndCommentsOfItsOwn() {
    var sqlite = new ArrayList<Object>();
    query(Database.SQLITE, "select [a;b] || `c;d` from (select 1 as [a;b], 2 as `c;d`); /* no end;", sqlite);
    assertThat(sqlite).containsExactly("12");
    var h2 = new ArrayList<Object>();
    query(Database.H2, "select $$a;'b$$ as x; // a; comment\n/* /* ; */ ; */", h2);
    assertThat(h2).containsExactly("a;'b");
    var postgres = new ArrayList<Object>();
    query(
        Database.POSTGRESQL,
        "select E'it\\'s;' || $$;'$$ || $a$;';$a$ || (array['x;'])[1] as x$y; /* /* ; */ ; */",
        postgres);
    assertThat(postgres).containsExactly("it's;;';';x;");
  }

  @ParameterizedTest
  @EnumSource
  void ofSeveralStatementsNoneIsDone(Database database) throws SQLException {
    database.execute("create table if not exists several (a integer)");
    database.execute("delete from several");
    database.execute("insert into several values (1)");
    for (var sql :
        List.of(
            "select 1; select 2", "select 1 as a; delete from several", "select ';' ; -- x\n delete from several")) {
      assertThatThrownBy(() -> query(database, sql, new ArrayList<>()))
          .cause()
          .hasMessage(
              "several statements for query (expected: one, with nothing but comments behind its semicolon; run each by"
                  + " itself)");
    }
    assertThat(database.ask("select count(*) from several")).isEqualTo("1");
  }

  @Test
  void aStatementForEachRowIsOneWhereTheOthersWouldBeDropped() throws SQLException {
    Database.SQLITE.execute("create table if not exists dropped (a integer)");
    var target =
        JdbcStreams.<Integer>execute(
            Database.SQLITE.source(),
            "insert into dropped values (?); insert into dropped values (0)",
            (statement, value) -> statement.setInt(1, value));
    assertThatThrownBy(() -> Pipeline.from(Origin.values(1)).to(target).run())
        .cause()
        .hasMessageStartingWith("several statements for statement (expected: one");
    assertThat(Database.SQLITE.ask("select count(*) from dropped")).isEqualTo("0");
  }
}
