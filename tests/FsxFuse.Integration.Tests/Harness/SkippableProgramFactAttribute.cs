namespace FsxFuse.Integration.Tests;

/// <summary>A test that needs a program which may not be installed: skipped then, saying which.</summary>
public sealed class SkippableProgramFactAttribute : FactAttribute
{
    public SkippableProgramFactAttribute(string program)
    {
        Program = program;
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => File.Exists(Path.Combine(directory, program))))
        {
            Skip = $"{program} is not installed.";
        }
    }

    /// <summary>The program's name.</summary>
    public string Program { get; }
}
