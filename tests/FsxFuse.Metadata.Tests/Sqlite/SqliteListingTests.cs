using FsxFuse.Metadata.Tests.Conformance;

namespace FsxFuse.Metadata.Tests.Sqlite;

public sealed class SqliteListingTests : ListingConformance<SqliteHarness>;
