namespace FsxFuse.Model;

/// <summary>The names that scripts use: few, so that operations meet; some of them odd.</summary>
internal static class Names
{
    private static readonly string[] s_usual = ["a", "b", "c", "d", "e", "f"];

    private static readonly string[] s_odd =
    [
        "with space", "é", ".hidden", "%41", "x\ny", "\\", "name.conflict", "trailing.",
        Name.Raw(0xff, 0xfe), new string('n', NAME_MAX), new string('o', NAME_MAX + 1),
    ];

    internal static string Draw(Random random) => random.Next(25) == 0 ? s_odd[random.Next(s_odd.Length)] : s_usual[random.Next(s_usual.Length)];

    internal static string Join(string directory, string name) => directory.Length == 0 ? name : $"{directory}/{name}";
}
