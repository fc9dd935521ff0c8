namespace FsxFuse.Options;

/// <summary>One row of the table of mount options.</summary>
/// <param name="Name">The name after <c>-o</c>; a name that ends in '*' stands for all that begin so.</param>
/// <param name="Kind">What may stand after '='.</param>
/// <param name="Scope">How long it holds.</param>
/// <param name="Help">A line for people; empty for foreign options.</param>
internal sealed record MountOption(string Name, OptionKind Kind, OptionScope Scope, string Help)
{
    /// <summary>What the value is called in help; null for the kind's usual word.</summary>
    public string? ValueName { get; init; }

    /// <summary>The words of <see cref="OptionKind.Choice"/>.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The option this one takes back (rw for ro, suid for nosuid): giving it removes that one.</summary>
    public string? Negates { get; init; }

    /// <summary>The lowest value of a number or size.</summary>
    public long Minimum { get; init; }

    /// <summary>The highest value of a number or size.</summary>
    public long Maximum { get; init; } = long.MaxValue;

    /// <summary>How help writes it: <c>cache_size=SIZE</c>.</summary>
    public string Usage => Kind switch
    {
        OptionKind.Flag or OptionKind.Anything => Name,
        OptionKind.Switch => $"{Name}[=on|off]",
        OptionKind.Choice => $"{Name}={string.Join('|', Choices)}",
        _ => $"{Name}={ValueName ?? Kind switch
        {
            OptionKind.Path => "PATH",
            OptionKind.Number => "N",
            OptionKind.Size => "SIZE",
            OptionKind.Mode => "OCTAL",
            OptionKind.Address => "[ADDRESS:]PORT",
            _ => "TEXT",
        }}",
    };

    /// <summary>Whether <paramref name="name"/> is this option.</summary>
    public bool Matches(string name) =>
        Name[^1] == '*' ? name.StartsWith(Name.AsSpan(0, Name.Length - 1), StringComparison.Ordinal) : Name == name;
}
