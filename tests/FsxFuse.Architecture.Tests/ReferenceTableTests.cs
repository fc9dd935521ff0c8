using System.Xml.Linq;

namespace FsxFuse.Architecture.Tests;

/// <summary>Which project may reference which: the table of ARCHITECTURE.md, read from the project files.</summary>
public class ReferenceTableTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["FsxFuse.Fuse"] = [],
        ["FsxFuse.Metadata"] = [],
        ["FsxFuse.Cache"] = ["FsxFuse.Metadata"],
        ["FsxFuse.Repository"] = ["FsxFuse.Cache", "FsxFuse.Metadata"],
        ["FsxFuse.FileSystem"] = ["FsxFuse.Cache", "FsxFuse.Fuse", "FsxFuse.Metadata"],
        ["FsxFuse.Control"] = ["FsxFuse.Cache", "FsxFuse.Metadata", "FsxFuse.Repository"],
        ["FsxFuse"] = ["FsxFuse.Cache", "FsxFuse.Control", "FsxFuse.FileSystem", "FsxFuse.Fuse", "FsxFuse.Metadata", "FsxFuse.Repository"],
    };

    public static TheoryData<string> Projects => [.. Directory.GetDirectories(Path.Combine(Root, "src")).Select(directory => Path.GetFileName(directory)!).Order()];

    private static string Root
    {
        get
        {
            string? at = AppContext.BaseDirectory;
            while (at is not null && !File.Exists(Path.Combine(at, "FsxFuse.sln")))
            {
                at = Path.GetDirectoryName(at);
            }

            return at ?? throw new InvalidOperationException("FsxFuse.sln is not above the test's directory.");
        }
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_the_table_allows(string project)
    {
        Assert.True(Allowed.ContainsKey(project), $"{project} is not in the reference table.");
        XDocument file = XDocument.Load(Path.Combine(Root, "src", project, project + ".csproj"));
        string[] references =
        [
            .. file.Descendants("ProjectReference").Select(item => Path.GetFileNameWithoutExtension(item.Attribute("Include")!.Value.Replace('\\', '/'))).Order(),
        ];
        Assert.Empty(references.Except(Allowed[project]));
    }

    [Fact]
    public void Every_row_of_the_table_is_a_project()
    {
        Assert.All(Allowed.Keys, project => Assert.True(File.Exists(Path.Combine(Root, "src", project, project + ".csproj")), project));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Source_files_stay_readable(string project)
    {
        string[] vague = ["Util", "Utils", "Helper", "Helpers", "Manager", "Common"];
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Root, "src", project), "*.cs", SearchOption.AllDirectories))
        {
            if (file.Contains("/obj/", StringComparison.Ordinal) || file.Contains("/bin/", StringComparison.Ordinal))
            {
                continue;
            }

            Assert.True(File.ReadLines(file).Count() <= 600, $"{file} has more than 600 lines.");
            string name = Path.GetFileNameWithoutExtension(file);
            Assert.DoesNotContain(vague, word => name.EndsWith(word, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_library_of_the_kernel_protocol_stands_alone()
    {
        XDocument file = XDocument.Load(Path.Combine(Root, "src", "FsxFuse.Fuse", "FsxFuse.Fuse.csproj"));
        Assert.Equal(["Microsoft.Extensions.Logging.Abstractions"], file.Descendants("PackageReference").Select(item => item.Attribute("Include")!.Value));
    }
}
