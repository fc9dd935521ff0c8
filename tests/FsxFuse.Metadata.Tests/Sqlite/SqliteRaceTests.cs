using FsxFuse.Metadata.Tests.Conformance;

namespace FsxFuse.Metadata.Tests.Sqlite;

public sealed class SqliteRaceTests : RaceConformance<SqliteHarness>;
