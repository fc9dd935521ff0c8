using System.Text.RegularExpressions;
using FsxFuse.Posix.Cases.Table;

namespace FsxFuse.Architecture.Tests;

/// <summary>docs/SEMANTICS.md promises nothing that no test holds: every sentence names tests, and every test it names exists.</summary>
public sealed partial class SemanticsDocumentTests
{
    private static readonly string s_root = FindRoot();
    private static readonly string[] s_cases = [.. PosixTable.All().Select(item => item.FullName)];
    private static readonly HashSet<string> s_tests = FindTests();

    public static TheoryData<string> Promises => [.. File.ReadLines(Path.Combine(s_root, "docs", "SEMANTICS.md")).Where(line => line.StartsWith('*'))];

    [Theory]
    [MemberData(nameof(Promises))]
    public void A_promise_names_tests_that_exist(string promise)
    {
        string[] parts = promise.Split(" → ");
        Assert.True(parts.Length == 2, "A promise is a sentence, an arrow and tests.");
        string[] named = [.. Quoted().Matches(parts[1]).Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(named);
        Assert.Equal("", string.Concat(Quoted().Split(parts[1]).Where((_, i) => i % 2 == 0)).Trim(',', ' '));
        Assert.All(named, name => Assert.True(name.Contains('/', StringComparison.Ordinal) ? IsCase(name) : s_tests.Contains(name), $"There is no {name}."));
    }

    [Fact]
    public void There_are_promises_and_tests_to_compare()
    {
        Assert.InRange(Promises.Count, 50, int.MaxValue);
        Assert.InRange(s_tests.Count, 300, int.MaxValue);
        Assert.False(IsCase("rename/is_not_there"));
        Assert.False(IsCase("rename/is_not_*"));
    }

    private static bool IsCase(string name)
    {
        Regex pattern = new($"^{Regex.Escape(name).Replace("\\*", ".+", StringComparison.Ordinal)}$");
        return s_cases.Any(item => pattern.IsMatch(item));
    }

    private static HashSet<string> FindTests()
    {
        HashSet<string> tests = [];
        foreach (string file in Directory.EnumerateFiles(Path.Combine(s_root, "tests"), "*.cs", SearchOption.AllDirectories))
        {
            string text = File.ReadAllText(file);
            foreach (Match method in Method().Matches(text))
            {
                string type = Type().Matches(text[..method.Index]).Last().Groups[1].Value;
                tests.Add($"{type}.{method.Groups[1].Value}");
            }
        }

        return tests;
    }

    private static string FindRoot()
    {
        string? at = AppContext.BaseDirectory;
        while (at is not null && !File.Exists(Path.Combine(at, "FsxFuse.sln")))
        {
            at = Path.GetDirectoryName(at);
        }

        return at ?? throw new InvalidOperationException("FsxFuse.sln is not above the test's directory.");
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\[(?:Fact|Theory|\w*Fact\([^\n]*\)|\w+Fact|\w+Theory)\](?:\s*(?:\[[^\n]*\]|//[^\n]*|#[^\n]*)\n)*\s*public (?:static )?(?:async )?(?:Task|ValueTask|void) (\w+)\(")]
    private static partial Regex Method();

    [GeneratedRegex(@"\bclass (\w+)")]
    private static partial Regex Type();
}
