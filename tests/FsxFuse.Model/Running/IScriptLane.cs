namespace FsxFuse.Model;

/// <summary>What a script's operations of one lane are done on and checked against.</summary>
internal interface IScriptLane
{
    /// <summary>Does one operation; returns how the outcome differs from what is expected, null if it does not.</summary>
    string? Step(Operation operation);

    /// <summary>Compares everything there is; null if nothing differs.</summary>
    string? CompareAll();

    /// <summary>Closes every handle.</summary>
    void CloseAll();
}
