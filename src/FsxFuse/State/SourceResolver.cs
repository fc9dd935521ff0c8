using FsxFuse.Options;

namespace FsxFuse.State;

/// <summary>Finds the file system of a SOURCE, or drafts a new one, and joins the given options with the remembered ones.</summary>
internal sealed class SourceResolver(FileSystemCatalog catalog)
{
    /// <summary>Resolves without writing anything.</summary>
    /// <exception cref="CommandFailedException">No such file system, or an option was given that cannot change any more.</exception>
    public ResolvedSource Resolve(SourceAddress source, OptionSet options)
    {
        FileSystemConfig? config = source.Name is string name ? catalog.Get(name) : catalog.FindByUrl(source.Url!.ToString(), SourceAddress.SuggestName(source.Url!));
        if (config is not null)
            return Join(config, options, catalog.Locations);
        string fresh = FileSystemName.MakeUnique(SourceAddress.SuggestName(source.Url!), catalog.IsTaken);
        return new ResolvedSource(catalog.Draft(fresh, source.Url!.ToString(), ToDictionary(options.Remembered())), IsNew: true, IsChanged: true);
    }

    /// <summary>The configuration with options given later.</summary>
    /// <exception cref="CommandFailedException">An option was given that cannot change any more: the message names it.</exception>
    public static ResolvedSource Join(FileSystemConfig config, OptionSet given, StateLocations locations)
    {
        OptionSet stored = OptionSet.FromStored(config.Options);
        foreach ((string name, string value) in given.Remembered())
        {
            MountOption row = MountOptionTable.Find(name);
            if (row.Scope == OptionScope.Fixed && value != (stored.Text(name) ?? DefaultOf(row, config, locations)))
            {
                throw new CommandFailedException(
                    $"the option '{name}' of file system '{config.Name}' was decided when it was created ({stored.Text(name) ?? "its default"}) and cannot change to '{value}'; create another file system for that");
            }
        }
        Dictionary<string, string> joined = ToDictionary(stored.With(given.Remembered()));
        bool changed = joined.Count != config.Options.Count || joined.Any(pair => config.Options.GetValueOrDefault(pair.Key) != pair.Value);
        return new ResolvedSource(config with { Options = joined }, IsNew: false, changed);
    }

    // What an option that was never given amounts to, so that saying the default aloud is no change.
    private static string? DefaultOf(MountOption row, FileSystemConfig config, StateLocations locations) => row.Name switch
    {
        "posix_metadata" => "on",
        "cache" => locations.DefaultCacheOf(config.Name),
        _ => null,
    };

    private static Dictionary<string, string> ToDictionary(OptionSet options) => new(options, StringComparer.Ordinal);
}
