using FsxFuse.Metadata.Tests.Conformance;

namespace FsxFuse.Metadata.Tests.Sqlite;

public sealed class SqliteGuardTests : GuardConformance<SqliteHarness>;
