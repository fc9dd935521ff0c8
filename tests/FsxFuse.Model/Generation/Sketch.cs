namespace FsxFuse.Model;

/// <summary>What is in a lane's directory of the reference, for choosing operations that have something to work on.</summary>
internal sealed class Sketch
{
    internal List<string> Directories { get; } = [""];

    internal List<string> Files { get; } = [];

    /// <summary>Everything but the lane's own directory.</summary>
    internal List<string> Everything { get; } = [];

    internal static Sketch Of(string root)
    {
        Sketch sketch = new();
        sketch.Walk(root, "");
        return sketch;
    }

    private void Walk(string root, string path)
    {
        string full = path.Length == 0 ? root : $"{root}/{path}";
        foreach (var entry in DirectoryCalls.Entries(full).OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (entry.Name is "." or "..")
                continue;
            string below = Names.Join(path, entry.Name);
            Everything.Add(below);
            if (entry.Type == DT_REG)
                Files.Add(below);
            if (entry.Type != DT_DIR)
                continue;
            Directories.Add(below);
            Walk(root, below);
        }
    }
}
