using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace FsxFuse.State;

/// <summary>The file systems of this host (or of this user): their configurations and who serves them.</summary>
internal sealed class FileSystemCatalog(StateLocations locations, TimeProvider time)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Where things are.</summary>
    public StateLocations Locations => locations;

    /// <summary>Names of all file systems, sorted.</summary>
    public IReadOnlyList<string> Names()
    {
        if (!Directory.Exists(locations.StateDirectory))
            return [];
        return Directory.EnumerateDirectories(locations.StateDirectory)
            .Select(path => Path.GetFileName(path)!)
            .Where(name => File.Exists(locations.ConfigOf(name)))
            .Order(StringComparer.Ordinal)
            .ToList();
    }

    /// <summary>Reads a configuration; null when there is no such file system.</summary>
    /// <exception cref="CommandFailedException">It is damaged, or of a newer version.</exception>
    public FileSystemConfig? Find(string name)
    {
        string path = locations.ConfigOf(name);
        try
        {
            byte[] bytes = File.ReadAllBytes(path);
            using (JsonDocument document = JsonDocument.Parse(bytes))
            {
                if (document.RootElement.TryGetProperty("format", out JsonElement format) && format.TryGetInt32(out int number) && number > FileSystemConfig.CurrentFormat)
                    throw new CommandFailedException($"the state of file system '{name}' was written by a newer version of fsxfuse (format {number}, this version reads {FileSystemConfig.CurrentFormat}); install that version");
            }
            FileSystemConfig? config = JsonSerializer.Deserialize(bytes, StateJson.Default.FileSystemConfig);
            return config is null || config.Name != name ? throw new JsonException("It does not describe this file system.") : config;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new CommandFailedException($"the configuration {path} is damaged. Restore a backup of it; {locations.AdviceWithoutBackup(name)}", e);
        }
    }

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="CommandFailedException">There is no such file system: the message says which there are.</exception>
    public FileSystemConfig Get(string name)
    {
        if (Find(name) is FileSystemConfig config)
            return config;
        string? nearest = Options.NearestName.Of(name, Names());
        throw new CommandFailedException(nearest is not null
            ? $"there is no file system '{name}'; did you mean '{nearest}'?"
            : $"there is no file system '{name}'; make it with 'fsxfuse create {name} --link s3://BUCKET/PREFIX', or mount an URL");
    }

    /// <summary>The file system that an URL stands for, if it was mounted before.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="suggested">The name that a new file system of this URL would have.</param>
    /// <exception cref="CommandFailedException">None was found, and one that cannot be read may be it: its cache may hold what the bucket has not.</exception>
    public FileSystemConfig? FindByUrl(string url, string suggested)
    {
        CommandFailedException? unreadable = null;
        foreach (string name in Names())
        {
            try
            {
                if (Find(name) is FileSystemConfig config && config.Source == url)
                    return config;
            }
            catch (CommandFailedException e)
            {
                if (name.StartsWith(suggested, StringComparison.Ordinal))
                    unreadable ??= e;
            }
        }
        return unreadable is null ? null : throw new CommandFailedException(unreadable.Message, unreadable);
    }

    /// <summary>A configuration for a new file system; nothing is written.</summary>
    public FileSystemConfig Draft(string name, string? source, IReadOnlyDictionary<string, string> options) => new()
    {
        Name = name,
        Id = PublicId.New("fs-"),
        CreatedAt = time.GetUtcNow(),
        Source = source,
        Options = options,
    };

    /// <summary>Whether something of that name is there, or is being made. What a killed process left of a creation does not count.</summary>
    public bool IsTaken(string name) => Directory.Exists(locations.DirectoryOf(name)) && !IsUnfinished(name);

    /// <summary>Makes the directory of a new file system, marked as unfinished until its configuration is saved; removes what a killed process left of an earlier try.</summary>
    /// <remarks>The caller holds the file system's lock, or knows that nobody else creates it.</remarks>
    public void BeginCreation(string name)
    {
        MakeDirectories(name);
        if (IsUnfinished(name))
        {
            foreach (string leftover in Directory.EnumerateFiles(locations.DirectoryOf(name), "metadata.db*"))
                File.Delete(leftover);
        }
        File.WriteAllBytes(locations.CreationMarkOf(name), []);
    }

    private bool IsUnfinished(string name) =>
        File.Exists(locations.CreationMarkOf(name)) && !File.Exists(locations.ConfigOf(name));

    /// <summary>Makes the directories (0700) of a file system, if they are not there.</summary>
    public void MakeDirectories(string name)
    {
        Make(locations.StateDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Make(locations.RunDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Make(locations.DirectoryOf(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Writes a configuration, atomically and durably.</summary>
    public void Save(FileSystemConfig config)
    {
        MakeDirectories(config.Name);
        string path = locations.ConfigOf(config.Name);
        string temporary = path + ".new";
        try
        {
            using (FileStream stream = new(temporary, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
            {
                JsonSerializer.Serialize(stream, config, StateJson.Default.FileSystemConfig);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
            File.Delete(locations.CreationMarkOf(config.Name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"the configuration {path} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Removes all state of a file system whose creation did not succeed.</summary>
    public void Discard(string name) => Directory.Delete(locations.DirectoryOf(name), recursive: true);

    /// <summary>What the daemon of a file system wrote when it started, if one ever ran.</summary>
    /// <param name="name">The file system.</param>
    /// <param name="alive">Whether that daemon runs now.</param>
    /// <param name="record">What it wrote.</param>
    public bool TryGetDaemon(string name, out bool alive, [NotNullWhen(true)] out DaemonRecord? record) =>
        DaemonLock.TryRead(locations, name, out alive, out record);

    private static void Make(string path, UnixFileMode mode)
    {
        try
        {
            Directory.CreateDirectory(path, mode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"the directory {path} cannot be made: {e.Message}; FSXFUSE_STATE_DIR and FSXFUSE_RUN_DIR choose other places", e);
        }
    }
}
